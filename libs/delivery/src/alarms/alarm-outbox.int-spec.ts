import type { AlarmStep } from '#alarms';
import { deliveryMessage } from '#contracts';
import { DeliveryChannelRepository } from '#warehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeliveryRig, Receiver, until } from '../sender/rig.testing.js';
import { AlarmOutbox } from './alarm-outbox.js';

let store: Awaited<ReturnType<typeof DeliveryRig.store>>;
beforeAll(async () => {
  store = await DeliveryRig.store();
});
afterAll(() => store.close());

it('an alarm goes through the outbox with its runbook, though the store is away at first; told again it is the same delivery', async () => {
  const rig = await DeliveryRig.open(store.clickhouse, 'alarmed');
  const [ops, quiet] = [await Receiver.open(), await Receiver.open()];
  try {
    await rig.channel('ops', { kind: 'webhook', url: ops.url, secret: 'crm', rules: [], alarms: ['gap'], recovered: true });
    await rig.channel('quiet', { kind: 'webhook', url: quiet.url, secret: 'crm' });
    rig.start();
    let away = true;
    const outbox = new AlarmOutbox({
      outbox: { append: (...rows) => (away ? Promise.reject(new Error('the store is away')) : rig.outbox.append(...rows)) },
      channels: new DeliveryChannelRepository(store.clickhouse),
      metrics: { written: () => undefined },
    });
    const since = Date.parse('2026-03-02T12:00:00Z');
    const runbook = 'https://wiki.example.org/operations#alarm-gap';
    const alarm = { code: 'gap', subject: 'transactions.v1/0', message: '7 messages were deleted.', since, runbook };
    const raised: AlarmStep = { ...alarm, step: 'raised', at: since };
    await expect(outbox.tell(rig.shop, raised)).rejects.toThrow('the store is away');
    away = false;
    await outbox.tell(rig.shop, raised);
    await outbox.tell(rig.shop, { ...alarm, step: 'raised', code: 'audit', at: since });
    await until('the alarm is there', () => ops.got.length > 0);
    await outbox.tell(rig.shop, raised);
    await outbox.tell(rig.shop, { ...alarm, step: 'cleared', at: since + 60_000 });
    await until('its end is there', () => ops.got.length > 1);
    const got = ops.got.map(({ body }) => deliveryMessage.parse(JSON.parse(body)));
    expect(got.map(({ step }) => step)).toEqual(['raised', 'cleared']);
    expect(got[0]).toMatchObject({
      about: 'alarm',
      at: '2026-03-02T12:00:00.000Z',
      alarm: { code: 'gap', subject: 'transactions.v1/0', runbook },
    });
    expect([ops.got.map(({ refusal }) => refusal), quiet.got]).toEqual([[undefined, undefined], []]);
  } finally {
    await rig.stop();
    await ops.close();
    await quiet.close();
  }
});
