import { deliveryMessage } from '#contracts';
import type { ClickHouse } from '#clickhouse';
import type { DeliveryRow } from '#warehouse';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { digestIdOf } from '../outbox/ids.js';
import { patienceMs } from '../outbox/life.js';
import { DeliveryRig, Receiver, secretValues, until } from './rig.testing.js';
import type { SenderParts } from './shop-sender.js';

// A real store, real receivers that behave and misbehave, a real mail server.

let clickhouse: ClickHouse;
let closeStore: () => Promise<void>;
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  const store = await DeliveryRig.store();
  clickhouse = store.clickhouse;
  closeStore = () => store.close();
});
afterAll(() => closeStore());
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function begun(name: string): Promise<DeliveryRig> {
  const rig = await DeliveryRig.open(clickhouse, name);
  open.push({ close: () => rig.stop() });
  return rig;
}
async function receiver(): Promise<Receiver> {
  const made = await Receiver.open();
  open.push(made);
  return made;
}
/** The shop's outbox with another way of writing. */
function appending({ outbox }: DeliveryRig, append: DeliveryRig['outbox']['append']): SenderParts['outbox'] {
  return {
    append,
    places: (...asked) => outbox.places(...asked),
    writes: (shop) => outbox.writes(shop),
    alertSteps: (...asked) => outbox.alertSteps(...asked),
    waiting: (...asked) => outbox.waiting(...asked),
    stepsSince: (...asked) => outbox.stepsSince(...asked),
    bodies: (...asked) => outbox.bodies(...asked),
  };
}
const stepsOf = (log: readonly { readonly step: string }[]): string[] => log.map(({ step }) => step);

describe('a webhook', () => {
  it('gets each alert once, signed, with the key that the outbox has', async () => {
    const rig = await begun('plain');
    const crm = await receiver();
    await rig.alerts(['before']);
    await rig.webhook('crm', crm.url);
    await rig.alerts(['ann', 'bea']);
    rig.start();
    await until('both are there', () => crm.got.length >= 2);
    await rig.alerts(['cleo']);
    const woken = performance.now();
    await until('the third is there', () => crm.got.length >= 3);
    expect(performance.now() - woken).toBeLessThan(2_000);
    await until('all are noted', async () => (await rig.deliveries.list(rig.shop, { limit: 9 })).counts.delivered === 3);
    // Nothing of before the channel was put; nothing twice.
    await sleep(700);
    expect(
      crm.got
        .map(({ body }) => deliveryMessage.parse(JSON.parse(body)))
        .map((each) => each.about === 'alert' && each.alert.customerId)
        .sort(),
    ).toEqual(['ann', 'bea', 'cleo']);
    expect(crm.got.map(({ refusal }) => refusal)).toEqual([undefined, undefined, undefined]);
    const { deliveries } = await rig.deliveries.list(rig.shop, { limit: 9 });
    expect(new Set(crm.got.map(({ id }) => id))).toEqual(new Set(deliveries.map(({ id }) => id)));
    expect(await rig.metrics.text()).toContain('tideline_deliveries_total{shop="plain",channel="crm",outcome="delivered"} 3');
  });

  it('is not looked for where nobody wrote, and found where somebody did who tells nobody', async () => {
    const rig = await begun('still');
    const crm = await receiver();
    await rig.webhook('crm', crm.url);
    const asked = { steps: 0, deliveries: 0 };
    const { outbox } = rig;
    rig.start({
      outbox: {
        ...appending(rig, (...rows) => outbox.append(...rows)),
        alertSteps: (...steps) => {
          asked.steps += 1;
          return outbox.alertSteps(...steps);
        },
        stepsSince: (...since) => {
          asked.deliveries += 1;
          return outbox.stepsSince(...since);
        },
      },
    });
    await sleep(1_200);
    const before = { ...asked };
    await sleep(1_200);
    expect(asked).toEqual(before);
    rig.tells = false;
    await rig.alerts(['ann']);
    await until('it is there', () => crm.got.length === 1);
  });

  it('that fails for a while is asked again, later each time, under the same key with the same body', async () => {
    const rig = await begun('failing');
    const crm = await receiver();
    crm.answer = (response, _request, turn) => void (response.writeHead(turn < 3 ? 500 : 200), response.end('busy'));
    await rig.webhook('crm', crm.url);
    await rig.alerts(['ann']);
    rig.start();
    await until('it is taken', async () => (await rig.one('crm')).delivery.state === 'delivered');
    expect(new Set(crm.got.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
    const { delivery, log } = await rig.one('crm');
    expect(log.map(({ step, detail }) => [step, detail])).toEqual([
      ['created', ''],
      ['failed', '500: busy'],
      ['failed', '500: busy'],
      ['delivered', '200'],
    ]);
    expect([crm.got[0]?.id, delivery.attempts]).toEqual([delivery.id, 3]);
    const [first, second, third] = crm.got.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(450);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThan(950);
  });

  it('says when it wants to be asked again', async () => {
    const rig = await begun('asking');
    const crm = await receiver();
    crm.answer = (response) => void (response.writeHead(503, { 'retry-after': '3600' }), response.end());
    await rig.webhook('crm', crm.url);
    await rig.alerts(['ann']);
    rig.start();
    await until('it has failed', async () => (await rig.one('crm')).delivery.attempts === 1);
    const { nextAt } = (await rig.one('crm')).delivery;
    expect(Date.parse(nextAt ?? '') - Date.now()).toBeGreaterThan(3_500_000);
  });

  it('that hangs, closes, redirects or never ends its answer holds up nobody, and each is said', async () => {
    const rig = await begun('misbehaving');
    const [hanging, closing, redirecting, endless, good] = [
      await receiver(),
      await receiver(),
      await receiver(),
      await receiver(),
      await receiver(),
    ];
    hanging.answer = () => undefined;
    closing.answer = (_response, request) => void request.socket.destroy();
    redirecting.answer = (response) => void (response.writeHead(302, { location: `${good.url}/elsewhere` }), response.end());
    endless.answer = (response) => {
      const more = setInterval(() => response.write('x'.repeat(20_000)), 5);
      response.on('close', () => clearInterval(more));
    };
    const names = { hanging, closing, redirecting, endless, good };
    for (const [name, { url }] of Object.entries(names)) await rig.webhook(name, url);
    rig.start();
    const begunAt = performance.now();
    await rig.alerts(['ann', 'bea', 'cleo', 'dora', 'eve', 'fay']);
    await until('the good one has all', () => good.got.length === 6, 4_000);
    expect(performance.now() - begunAt).toBeLessThan(4_000);
    const detailsOf = async (channel: string): Promise<string[]> =>
      (await rig.deliveries.list(rig.shop, { channel, limit: 9 })).deliveries
        .filter(({ attempts }) => attempts > 0)
        .map(({ detail }) => detail);
    await until('the one that hangs was given up', async () => (await detailsOf('hanging')).length > 0, 15_000);
    expect((await detailsOf('hanging'))[0]).toBe('No whole answer within 5 s.');
    expect((await detailsOf('closing'))[0]).toMatch(/^No answer: /);
    expect((await detailsOf('redirecting'))[0]).toContain('302: it redirects, which is not followed.');
    // What it said is not read to an end that never comes.
    expect((await detailsOf('endless'))[0]).toBe('200');
    expect(good.got).toHaveLength(6);
    // Four at a time: the other two of the one that hangs were not tried before.
    expect(hanging.got.length).toBeGreaterThanOrEqual(4);
  });

  it('is given up after a day, listed as dead, and redriven by a person under the same key', async () => {
    const rig = await begun('dead');
    const crm = await receiver();
    crm.answer = (response) => void (response.writeHead(500), response.end());
    await rig.webhook('crm', crm.url);
    await rig.alerts(['ann']);
    const first = rig.start();
    await until('it has failed once', async () => (await rig.one('crm')).delivery.attempts >= 1);
    await first.stop();
    const { id } = (await rig.one('crm')).delivery;
    const rows = await rig.outbox.page(rig.shop, { id }, 1);
    // A day goes by.
    const aged = rows.map((row) => ({
      ...row,
      turn: row.turn + 1,
      attempts: 1,
      triedSince: Date.now() - patienceMs,
      nextAt: Date.now(),
      body: '',
    }));
    await rig.outbox.append(rig.shop, aged);
    await expect(rig.deliveries.redrive(rig.shop, id, 'ann')).rejects.toMatchObject({ code: 'delivery-not-dead' });
    rig.start();
    await until('it is dead', async () => (await rig.deliveries.list(rig.shop, { state: 'dead', limit: 9 })).counts.dead === 1);
    expect(rig.said.join()).toContain('a delivery is given up');
    const asked = crm.got.length;
    await sleep(700);
    expect(crm.got).toHaveLength(asked);
    crm.answer = (response) => void response.end();
    expect(await rig.deliveries.redriveChannel(rig.shop, 'crm', 'zoe')).toEqual([id]);
    await until('it is taken', async () => (await rig.one('crm')).delivery.state === 'delivered');
    const { log, delivery } = await rig.one('crm');
    expect(stepsOf(log).slice(-3)).toEqual(['dead', 'redriven', 'delivered']);
    expect(log.find(({ step }) => step === 'redriven')?.by).toBe('zoe');
    expect([delivery.attempts, new Set(crm.got.map((each) => each.id))]).toEqual([1, new Set([id])]);
    await expect(rig.deliveries.redrive(rig.shop, 'f'.repeat(32), 'ann')).rejects.toMatchObject({ code: 'delivery-unknown' });
  });

  it('whose channel is switched off gets nothing more, and what waited once it is on again', async () => {
    const rig = await begun('switched');
    const [away, crm] = [await receiver(), await receiver()];
    away.answer = (response) => void (response.writeHead(500), response.end());
    await rig.webhook('crm', away.url);
    await rig.alerts(['ann']);
    rig.start();
    await until('it has failed once', () => away.got.length > 0);
    await rig.channel('crm', { kind: 'webhook', url: crm.url, secret: 'crm', on: false }, 1);
    await rig.alerts(['while-off']);
    await sleep(2_500);
    expect(crm.got).toHaveLength(0);
    await rig.channel('crm', { kind: 'webhook', url: crm.url, secret: 'crm' }, 2);
    await until('what waited is there, at its new address', () => crm.got.length > 0);
    await sleep(700);
    expect(crm.got.map(({ body }) => (JSON.parse(body) as { alert: { customerId: string } }).alert.customerId)).toEqual(['ann']);
  });
});

describe('a process that dies', () => {
  /** When: before the outbox has a delivery, after that without its answer, between sending and noting it, after noting it. */
  const points = ['before-outbox', 'outbox-unanswered', 'sent-not-noted', 'noted-unanswered'] as const;

  it.each(points)('%s: none is lost, all attempts have one key', async (point) => {
    const rig = await begun(`dies-${point}`);
    const crm = await receiver();
    await rig.webhook('crm', crm.url);
    await rig.alerts(['ann', 'bea', 'cleo']);
    let isDead = false;
    let bury = (): void => undefined;
    const silence = new Promise<never>((_done, failed) => (bury = () => failed(new Error('buried'))));
    silence.catch(() => undefined);
    const died = new Promise<void>((done) => {
      const append = async (...[shop, rows, places]: [typeof rig.shop, readonly DeliveryRow[], never]): Promise<void> => {
        const here = (at: (typeof points)[number]): boolean => {
          if (at === point && !isDead) {
            isDead = true;
            done();
          }
          return isDead;
        };
        const [before, after] = rows.some(({ what }) => what === 'created')
          ? (['before-outbox', 'outbox-unanswered'] as const)
          : (['sent-not-noted', 'noted-unanswered'] as const);
        if (here(before)) return silence;
        await rig.outbox.append(shop, rows, places);
        if (here(after)) return silence;
      };
      rig.start({ outbox: appending(rig, append) });
    });
    await died;
    const before = crm.got.length;
    rig.start();
    await until('all are delivered', async () => (await rig.deliveries.list(rig.shop, { limit: 9 })).counts.delivered === 3);
    const { deliveries, counts } = await rig.deliveries.list(rig.shop, { limit: 9 });
    expect(counts).toEqual({ waiting: 0, delivered: 3, dead: 0 });
    expect(new Set(crm.got.map(({ id }) => id))).toEqual(new Set(deliveries.map(({ id }) => id)));
    if (point === 'sent-not-noted') expect([before >= 1, crm.got.length > 3]).toEqual([true, true]);
    else if (point !== 'noted-unanswered') expect([before, crm.got.length]).toEqual([0, 3]);
    bury();
  });
});

it('sends nothing more while the store does not take what came of it, and nothing twice when it does again', async () => {
  const rig = await begun('unrecorded');
  const crm = await receiver();
  await rig.webhook('crm', crm.url);
  await rig.alerts(Array.from({ length: 60 }, (_, index) => `c${index}`));
  let isAway = true;
  rig.start({
    outbox: appending(rig, (shop, rows, places) =>
      isAway && rows.some(({ what }) => what !== 'created') ? Promise.reject(new Error('away')) : rig.outbox.append(shop, rows, places),
    ),
  });
  await until('some are there', () => crm.got.length > 0);
  await sleep(1_500);
  // What was under way as the first insert failed, and no more.
  expect(crm.got.length).toBeLessThan(30);
  isAway = false;
  await until('all are delivered', async () => (await rig.deliveries.list(rig.shop, { limit: 9 })).counts.delivered === 60);
  expect(crm.got.map(({ id }) => id).sort()).toEqual([...new Set(crm.got.map(({ id }) => id))].sort());
});

it('a delivery whose text is not there is dead with the reason, never sent empty; so is a step that cannot be read; others go on', async () => {
  const rig = await begun('unreadable');
  const crm = await receiver();
  await rig.webhook('crm', crm.url);
  await rig.alerts(['ann'], 'opened', '{"alertId":');
  const lost = 'e'.repeat(32);
  const now = Date.now();
  await rig.outbox.append(rig.shop, [
    {
      ...{ at: now, id: lost, turn: 0, what: 'created', state: 'waiting', channel: 'crm', about: 'alert', subject: 'a', step: 'opened' },
      ...{ createdAt: now, triedSince: now, attempts: 0, nextAt: now, digestAt: 0, by: '', detail: '', body: '' },
    },
  ]);
  await rig.alerts(['bea']);
  rig.start();
  await until('the rest is there', async () => (await rig.deliveries.list(rig.shop, { limit: 9 })).counts.delivered === 1);
  await until('two are dead', async () => (await rig.deliveries.list(rig.shop, { limit: 9 })).counts.dead === 2);
  const { deliveries } = await rig.deliveries.list(rig.shop, { state: 'dead', limit: 9 });
  expect(deliveries.map(({ subject, detail }) => [subject, detail]).sort()).toEqual([
    ['a', 'What it says is not in the store any more.'],
    ['alert-of-ann', expect.stringContaining('of the alert log cannot be read: body: ')],
  ]);
  expect(await rig.deliveries.show(rig.shop, lost)).toMatchObject({ message: null, delivery: { state: 'dead' } });
  expect(crm.got.map(({ body }) => (JSON.parse(body) as { alert: { customerId: string } }).alert.customerId)).toEqual(['bea']);
});

describe('chat', () => {
  it('gets escaped words; its address is a secret that is shown nowhere, whatever the other side says', async () => {
    const rig = await begun('chat');
    const chat = await receiver();
    secretValues.slack = `${chat.url}/services/T0/B0/very-secret-token`;
    chat.answer = (response, request, turn) =>
      void (response.writeHead(turn === 1 ? 404 : 200), response.end(`no ${request.url}, no very-secret-token, ${secretValues.crm}`));
    await rig.channel('chat', { kind: 'slack', secret: 'slack' });
    await rig.channel('crm', { kind: 'webhook', url: `${chat.url}/crm`, secret: 'unknown' });
    await rig.alerts(['<!channel>']);
    rig.start();
    await until('chat has it', async () => (await rig.one('chat')).delivery.state === 'delivered');
    const said = JSON.parse(chat.got.at(-1)?.body ?? '') as { text: string; blocks: unknown[] };
    expect(said.text).toContain('&lt;!channel&gt;');
    expect(said.blocks.length).toBeGreaterThan(1);
    expect((await rig.one('chat')).log.map(({ detail }) => detail)).toContain('404: no ***, no ***, ***');
    expect((await rig.one('crm')).delivery.detail).toContain('There is no secret unknown');
    const everything = await rig.everything();
    expect(everything).toContain('There is no secret unknown');
    for (const secret of ['very-secret-token', secretValues.crm]) expect(everything).not.toContain(secret);
  });
});

describe('mail', () => {
  interface Got {
    readonly to: string[];
    readonly text: string;
  }
  /** A mail server with a login. */
  async function mailServer(port = 0): Promise<{ readonly port: number; readonly got: Got[]; close(): Promise<void> }> {
    const got: Got[] = [];
    const server = new SMTPServer({
      authOptional: false,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth: (auth, _session, done) =>
        auth.username === 'ann' && auth.password === 'p@ssword-of-ann'
          ? done(null, { user: 'ann' })
          : done(new Error(`Who is ${auth.username} with ${auth.password}?`)),
      onData: (stream, session, done) => {
        void text(stream).then((mail) => {
          got.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: mail });
          done();
        });
      },
    });
    server.on('error', () => undefined);
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    const made = {
      port: (server.server.address() as AddressInfo).port,
      got,
      close: () => new Promise<void>((done) => server.close(() => done())),
    };
    open.push(made);
    return made;
  }
  const loginAt = (port: number, password = 'p%40ssword-of-ann'): string => `smtp://ann:${password}@127.0.0.1:${port}`;

  it('waits for a server that is away, and is told by its Message-ID', async () => {
    const rig = await begun('mail');
    const before = await mailServer();
    await before.close();
    open.splice(open.indexOf(before), 1);
    secretValues['mail-server'] = loginAt(before.port);
    await rig.channel('mail', {
      kind: 'mail',
      to: ['team@example.org', 'boss@example.org'],
      mode: 'single',
      digestHour: 8,
      server: 'mail-server',
    });
    await rig.alerts(['ann <b>']);
    rig.start();
    await until('it has failed', async () => (await rig.one('mail')).delivery.attempts >= 1);
    expect((await rig.one('mail')).delivery.detail).toMatch(/^The mail server: .*ECONNREFUSED/);
    const back = await mailServer(before.port);
    await until('the mail is there', async () => (await rig.one('mail')).delivery.state === 'delivered');
    const { delivery } = await rig.one('mail');
    expect(back.got).toHaveLength(1);
    expect(back.got[0]?.to).toEqual(['team@example.org', 'boss@example.org']);
    expect(back.got[0]?.text).toContain(`Message-ID: <${delivery.id}@tideline>`);
    expect(back.got[0]?.text).toContain('&#60;b&#62;');
    expect(await rig.everything()).not.toMatch(/ssword-of-ann/);
  });

  it('says no password when the server does', async () => {
    const rig = await begun('login');
    const server = await mailServer();
    secretValues['mail-server'] = loginAt(server.port, 'wrong-password');
    await rig.channel('mail', { kind: 'mail', to: ['team@example.org'], mode: 'single', digestHour: 8, server: 'mail-server' });
    await rig.alerts(['ann']);
    rig.start();
    await until('it has failed', async () => (await rig.one('mail')).delivery.attempts >= 1);
    expect((await rig.one('mail')).delivery.detail).toContain('Who is ann with ***?');
    expect(await rig.everything()).not.toContain('wrong-password');
  });

  it('of a digest holds all that waited, once the shop’s clock has come to its hour', async () => {
    const rig = await begun('digest');
    const server = await mailServer();
    secretValues['mail-server'] = loginAt(server.port);
    const nextHour = new Date(Date.now() + 2 * 3_600_000).getUTCHours();
    rig.clock = Date.now();
    await rig.channel('mail', { kind: 'mail', to: ['team@example.org'], mode: 'digest', digestHour: nextHour, server: 'mail-server' });
    await rig.alerts(['ann', 'bea']);
    rig.start();
    await until('both wait', async () => (await rig.deliveries.list(rig.shop, { limit: 9 })).counts.waiting === 2);
    await sleep(1_200);
    expect(server.got).toHaveLength(0);
    rig.clock = Date.now() + 2 * 3_600_000;
    await until('the digest is there', async () => (await rig.deliveries.list(rig.shop, { limit: 9 })).counts.delivered === 2);
    const { deliveries } = await rig.deliveries.list(rig.shop, { limit: 9 });
    expect(server.got).toHaveLength(1);
    expect(server.got[0]?.text).toContain('digest: 2 things since the last digest');
    expect(server.got[0]?.text).toContain(`Message-ID: <${digestIdOf(deliveries.map(({ id }) => id))}@tideline>`);
    expect(deliveries.map(({ digestAt }) => digestAt?.slice(11, 13))).toEqual(Array(2).fill(String(nextHour).padStart(2, '0')));
  });
});

it('another process that sends in the same moment makes no second delivery: what was taken stays taken', async () => {
  const rig = await begun('two');
  const crm = await receiver();
  await rig.webhook('crm', crm.url);
  rig.start();
  rig.start();
  await rig.alerts(['ann', 'bea']);
  await until('both are delivered', async () => (await rig.deliveries.list(rig.shop, { limit: 9 })).counts.delivered === 2);
  await sleep(700);
  const { deliveries, counts } = await rig.deliveries.list(rig.shop, { limit: 9 });
  expect(counts).toEqual({ waiting: 0, delivered: 2, dead: 0 });
  expect(new Set(crm.got.map(({ id }) => id))).toEqual(new Set(deliveries.map(({ id }) => id)));
});
