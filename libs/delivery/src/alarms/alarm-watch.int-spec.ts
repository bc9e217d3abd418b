import { deliveryMessage } from '#contracts';
import { DeliveryChannelRepository } from '#warehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeliveryRig, Receiver, until } from '../sender/rig.testing.js';
import { AlarmWatch, alarmSteps, standsMs, type StandingAlarm } from './alarm-watch.js';

let store: Awaited<ReturnType<typeof DeliveryRig.store>>;
beforeAll(async () => {
  store = await DeliveryRig.store();
});
afterAll(() => store.close());

const alarmOf = (shop: string, since: Date, code = 'gap'): StandingAlarm => ({
  ...{ code, shop, subject: 'transactions.v1/0', message: '7 messages were deleted.', since },
});

it('an alarm is told once it has stood for ten seconds, again when it stands anew, and when it has gone', () => {
  const since = new Date('2026-03-02T12:00:00Z');
  const alarm = alarmOf('demo', since);
  const at = (ms: number): number => since.getTime() + ms;
  const known = new Map([[JSON.stringify(['gap', 'demo', 'transactions.v1/0', since.getTime()]), alarm]]);
  expect(alarmSteps(new Map(), [alarm], at(standsMs - 1))).toEqual({ raised: [], cleared: [] });
  expect(alarmSteps(new Map(), [alarm], at(standsMs))).toEqual({ raised: [alarm], cleared: [] });
  expect(alarmSteps(known, [alarm], at(standsMs + 9))).toEqual({ raised: [], cleared: [] });
  expect(alarmSteps(known, [], at(standsMs + 9))).toEqual({ raised: [], cleared: [alarm] });
  const anew = alarmOf('demo', new Date(at(5)));
  expect(alarmSteps(known, [anew], at(standsMs + 9))).toEqual({ raised: [anew], cleared: [alarm] });
});

it('an alarm of the pipeline goes through the outbox with its runbook, though the store is away at first', async () => {
  const rig = await DeliveryRig.open(store.clickhouse, 'alarmed');
  const [ops, quiet] = [await Receiver.open(), await Receiver.open()];
  try {
    await rig.channel('ops', { kind: 'webhook', url: ops.url, secret: 'crm', rules: [], alarms: ['gap'], recovered: true });
    await rig.channel('quiet', { kind: 'webhook', url: quiet.url, secret: 'crm' });
    rig.start();
    let away = true;
    const watch = new AlarmWatch({
      shops: { list: () => Promise.resolve([rig.shop]) },
      outbox: { append: (...rows) => (away ? Promise.reject(new Error('the store is away')) : rig.outbox.append(...rows)) },
      channels: new DeliveryChannelRepository(store.clickhouse),
      metrics: { written: () => undefined },
      runbook: 'https://wiki.example.org/operations',
      logger: { warn: () => undefined },
    });
    const since = new Date(Date.now() - standsMs);
    const standing = [alarmOf('alarmed', since), alarmOf('alarmed', since, 'audit'), alarmOf('elsewhere', since)];
    await expect(watch.look(standing, Date.now())).rejects.toThrow('the store is away');
    away = false;
    await watch.look(standing, Date.now());
    await watch.look(standing, Date.now());
    await until('the alarm is there', () => ops.got.length > 0);
    await watch.look([], Date.now());
    await until('its end is there', () => ops.got.length > 1);
    const got = ops.got.map(({ body }) => deliveryMessage.parse(JSON.parse(body)));
    expect(got.map(({ step }) => step)).toEqual(['raised', 'cleared']);
    expect(got[0]).toMatchObject({
      about: 'alarm',
      at: since.toISOString(),
      alarm: { code: 'gap', subject: 'transactions.v1/0', runbook: 'https://wiki.example.org/operations#alarm-gap' },
    });
    expect([ops.got.map(({ refusal }) => refusal), quiet.got]).toEqual([[undefined, undefined], []]);
  } finally {
    await rig.stop();
    await ops.close();
    await quiet.close();
  }
});
