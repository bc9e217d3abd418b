import { ConfigModule, readConfig } from '#config';
import {
  role,
  snapshot as snapshotSchema,
  topicOf,
  type AlertAnswer,
  type AlertDeadLettersAnswer,
  type AlertItem,
  type AlertRule,
  type AlertRuleBody,
  type AlertsAnswer,
  type CustomerScore,
  type EffectAnswer,
  type JoinAnswer,
  type Role,
  type Snapshot,
  type SuppressionsAnswer,
} from '#contracts';
import { httpConfig, HttpModule, Principals, setupHttp } from '#http';
import { ingestionConfig, IngestionModule, IngestionService } from '#ingestion';
import { Metrics, ObservabilityModule, type Logger } from '#observability';
import { LiveAdapter, RealtimeModule } from '#realtime';
import { StreamingModule } from '#streaming';
import { SpecAlarmsModule, aCustomer, anOrder, openTestStack, silent, type TestMessage, type TestStack } from '#testing';
import { ShopRepository, WarehouseModule } from '#warehouse';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createHash } from 'node:crypto';
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AlertsOwnerModule, AlertsReadModule, AlertsService } from './index.js';

// Real broker, real engine, real pipeline, real sockets; scores are said by hand.

const principals = new Principals(
  role.options.map((each) => ({ name: each, role: each, tokenHash: createHash('sha256').update(`token-of-${each}`).digest('hex') })),
);
const shop = 'alarmed';

let stack: TestStack;
let app: INestApplication;
let url: string;
let socket: Socket;
const pushed: Snapshot[] = [];

beforeAll(async () => {
  stack = await openTestStack();
  const config = readConfig([httpConfig, ingestionConfig], { TIDELINE_REFRESH_MS: '20' });
  @Module({
    imports: [
      ConfigModule.forRoot(config),
      ObservabilityModule.forRoot(silent as unknown as Logger),
      HttpModule.forRoot(principals),
      WarehouseModule.forRoot(stack.clickhouse),
      StreamingModule.forRoot(stack.streaming),
      SpecAlarmsModule,
      IngestionModule.forRoot({ onTruncation: 'halt', claimedBy: 'spec' }),
      AlertsOwnerModule,
      AlertsReadModule,
      RealtimeModule,
    ],
  })
  class SpecModule {}
  app = await NestFactory.create(SpecModule, { logger: false, bodyParser: false, abortOnError: false });
  setupHttp(app, { host: '127.0.0.1', secret: undefined, principals, log: () => undefined });
  app.useWebSocketAdapter(new LiveAdapter(app, { open: principals.open, origins: [] }));
  const shops = app.get(ShopRepository);
  await shops.prepareSystem();
  await shops.register({ shop, timeZone: 'Europe/London', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' });
  await app.get(IngestionService).start();
  await app.get(AlertsService).start();
  await app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
  socket = io(url, { auth: { token: 'token-of-operator' }, transports: ['websocket'], reconnection: false, forceNew: true });
  socket.on('snapshot', (each: Snapshot) => pushed.push(each));
  await new Promise<void>((done, failed) => socket.once('connect', done).once('connect_error', failed));
});
afterAll(async () => {
  socket.disconnect();
  await app.get(AlertsService).stop();
  await app.get(IngestionService).stop();
  await app.close();
  await stack.stop();
});

async function call<T>(
  method: string,
  path: string,
  as: Role,
  body?: object,
): Promise<{ status: number; body: T & { code?: string; detail?: string } }> {
  const response = await fetch(`${url}/api/v1/shops/${shop}/${path}`, {
    method,
    headers: { authorization: `Bearer token-of-${as}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T & { code?: string; detail?: string } };
}
const get = async <T>(path: string): Promise<T> => {
  const { status, body } = await call<T>('GET', path, 'operator');
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body;
};
const command = (alertId: string, order: object, as: Role = 'marketer') =>
  call<{ outcome: string; alert: AlertItem }>('POST', `alerts/${alertId}/commands`, as, order);

async function say(
  messages: readonly { key: string | null; value: string }[],
  topic: 'alerts.v1' | TestMessage['topic'] = 'alerts.v1',
): Promise<void> {
  const producer = await stack.streaming.producer();
  await producer.send(topicOf(shop, topic), messages);
  await producer.close();
}

/** The shop's time moves to an instant: an order that was known then says so. */
async function timeIs(at: string): Promise<void> {
  const order = anOrder({ orderId: `o-${at}`, customerId: 'clockwork', orderedAt: at }, { id: `clock-${at}` });
  await say([order], 'transactions.v1');
  await until(`the clock stands at ${at}`, async () => {
    const { asOf } = await get<EffectAnswer>('alert-rules/churn-high/effect');
    return asOf === new Date(at).toISOString();
  });
}

function scored(customerId: string, decidedAt: string, band: CustomerScore['band'], change: Partial<CustomerScore> = {}) {
  const probability = { low: 0.1, medium: 0.5, high: 0.8 }[band];
  const score: CustomerScore = {
    ...{ customerId, kind: 'churn', model: 'churn-spec-00000000', decidedAt, cause: 'silence', probability, band, previousBand: null },
    ...{ orders: 4, netValueAtStake: '250.00', reasons: ['92 days since the last order; usual gap 31'], muted: false, ...change },
  };
  const event = { specversion: '1.0', id: `${customerId}/${decidedAt}/${band}`, source: '/spec', type: 'tideline.customer.scored.v1' };
  return {
    key: customerId,
    value: JSON.stringify({ ...event, subject: customerId, time: decidedAt, recordedtime: decidedAt, data: score }),
  };
}

async function until<T>(what: string, look: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Not within twenty seconds: ${what}`);
    await sleep(10);
  }
}

const alertOf = (customer: string): Promise<AlertItem> =>
  until(`an alert about ${customer}`, async () => (await get<AlertsAnswer>(`alerts?customer=${customer}`)).alerts[0]);
const suppressedOf = (customer: string): Promise<SuppressionsAnswer['suppressions'][number]> =>
  until(
    `no alert about ${customer}`,
    async () => (await get<SuppressionsAnswer>(`alert-suppressions?customer=${customer}`)).suppressions[0],
  );
const body = (change: Partial<AlertRuleBody>) => ({ name: 'Churn', band: 'high', holdout: 0, revision: 0, ...change });

describe('alerts', () => {
  it('go from a score to a socket client, and say the same by REST', async () => {
    // Nobody is left alone, so that every score below is decided by what it is about.
    expect((await call<AlertRule>('PUT', 'alert-rules/churn-high', 'marketer', body({}))).body).toMatchObject({
      revision: 1,
      from: '1970-01-01T00:00:00.000Z',
      by: 'marketer',
    });
    const answer = (await socket.timeout(10_000).emitWithAck('join', { shop, name: 'alerts', query: {} })) as JoinAnswer;
    expect(answer).toMatchObject({ ok: true, snapshot: { data: { items: [], counts: { open: 0 } } } });
    const begun = performance.now();
    await say([scored('anna', '2026-03-02T12:00:00Z', 'high')]);
    const last = await until('the alert is on the socket', () =>
      pushed.findLast((each) => each.name === 'alerts' && each.data.items.length === 1),
    );
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(() => snapshotSchema.parse(last)).not.toThrow();
    const listed = await get<AlertsAnswer>('alerts');
    expect(last.data).toMatchObject({ items: listed.alerts, counts: listed.counts, currency: 'GBP' });
    expect(listed.alerts[0]).toMatchObject({
      customerId: 'anna',
      state: 'open',
      rule: 'churn-high',
      ruleRevision: 1,
      netValueAtStake: '250.00',
      reasons: ['92 days since the last order; usual gap 31'],
      decidedAt: '2026-03-02T12:00:00.000Z',
      expiresAt: '2026-04-01T12:00:00.000Z',
    });
  });

  it('are told to everybody once they are durable', async () => {
    const { alertId } = await alertOf('anna');
    const told: { type: string; id: string; data: { step?: string; state?: string; alertId?: string } }[] = [];
    const listener = await stack.streaming.consume({
      groupId: 'spec.moved',
      alone: true,
      topics: [topicOf(shop, 'alerts.v1')],
      startAt: (_topic, _partition, bounds) => Promise.resolve(bounds.start),
      onBatch: ({ messages }) => {
        for (const { value } of messages) told.push(JSON.parse(value?.toString() ?? '{}') as (typeof told)[number]);
        return Promise.resolve();
      },
      onState: () => undefined,
    });
    const moved = await until('the step is told', () => told.find(({ type }) => type === 'tideline.alert.moved.v1'));
    expect(moved.data).toMatchObject({ step: 'opened', state: 'open', alertId });
    await listener.stop();
  });

  it('are acknowledged once; the second person is told who was first', async () => {
    const { alertId } = await alertOf('anna');
    await timeIs('2026-03-02T13:00:00Z');
    const first = await command(alertId, { command: 'acknowledge' });
    expect(first).toMatchObject({
      status: 200,
      body: { outcome: 'done', alert: { state: 'acknowledged', acknowledged: { by: 'marketer', at: '2026-03-02T13:00:00.000Z' } } },
    });
    expect(await command(alertId, { command: 'acknowledge' }, 'admin')).toMatchObject({
      status: 409,
      body: {
        code: 'already-acknowledged',
        detail: 'Already acknowledged by marketer at 2026-03-02T13:00:00.000Z. Assign it or comment on it instead.',
      },
    });
    expect((await command(alertId, { command: 'assign', assignee: 'zoe' })).body.alert).toMatchObject({
      assignee: 'zoe',
      state: 'acknowledged',
    });
    expect((await get<AlertsAnswer>('alerts?assignee=zoe&state=live')).alerts.map((each) => each.alertId)).toEqual([alertId]);
    expect((await get<AlertAnswer>(`alerts/${alertId}`)).log.map(({ step, refused, by, state }) => [step ?? refused, by, state])).toEqual([
      ['opened', null, 'open'],
      ['acknowledged', 'marketer', 'acknowledged'],
      ['already-acknowledged', 'admin', 'acknowledged'],
      ['assigned', 'marketer', 'acknowledged'],
    ]);
    expect(await command('0123456789abcdef', { command: 'acknowledge' })).toMatchObject({ status: 404, body: { code: 'alert-unknown' } });
    expect((await command(alertId, { command: 'snooze', until: '2026-03-02T12:59:59Z' })).body).toMatchObject({ code: 'snooze-past' });
    expect(await command(alertId, { command: 'snooze', until: '2099-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
      body: {
        code: 'snooze-too-long',
        detail: '2099-01-01T00:00:00Z is not before 2026-04-01T12:00:00.000Z, when the alert expires. Name an earlier instant.',
      },
    });
    expect((await command(alertId, { command: 'shout' })).status).toBe(400);
    expect((await command(alertId, { command: 'rate', useful: true }, 'operator')).status).toBe(403);
  });

  it('end a snooze, and expire, at their instants once the shop’s clock has passed them', async () => {
    await say([scored('bela', '2026-03-02T12:30:00Z', 'high')]);
    const { alertId } = await alertOf('bela');
    await command(alertId, { command: 'snooze', until: '2026-03-03T09:00:00Z' });
    await timeIs('2026-03-03T11:00:00Z');
    await until('the snooze is over', async () => (await get<AlertsAnswer>('alerts?customer=bela')).alerts[0]?.snoozedUntil === null);
    await timeIs('2026-05-10T12:00:00Z');
    await until('it is over', async () => (await get<AlertsAnswer>('alerts?customer=bela&state=expired')).alerts[0]);
    expect((await get<AlertAnswer>(`alerts/${alertId}`)).log.map(({ step, at }) => [step, at])).toEqual([
      ['opened', '2026-03-02T12:30:00.000Z'],
      ['snoozed', '2026-03-02T13:00:00.000Z'],
      ['woken', '2026-03-03T09:00:00.000Z'],
      ['expired', '2026-04-01T12:30:00.000Z'],
    ]);
    expect((await command(alertId, { command: 'act', action: 'call' })).body).toMatchObject({ code: 'alert-over' });
  });

  it('are not sent while history loads, nor to who has refused by then', async () => {
    await say(
      [
        aCustomer({ customerId: 'cora', consent: true }, { time: '2026-05-01T00:00:00Z' }),
        aCustomer({ customerId: 'cora', revision: 2, consent: false }, { time: '2026-05-11T00:00:00Z' }),
        aCustomer({ customerId: 'dora', consent: true }, { time: '2026-05-01T00:00:00Z' }),
        aCustomer({ customerId: 'dora', revision: 2, consent: false }, { time: '2026-05-12T12:30:00Z' }),
      ],
      'customers.v1',
    );
    await timeIs('2026-05-12T13:00:00Z');
    await say([
      scored('muted', '2026-05-12T12:00:00Z', 'high', { muted: true }),
      scored('cora', '2026-05-12T12:00:00Z', 'high'),
      // What dora said half an hour later nobody knew then.
      scored('dora', '2026-05-12T12:00:00Z', 'high'),
    ]);
    expect(await suppressedOf('muted')).toMatchObject({ reason: 'muted', rule: 'churn-high', netValueAtStake: '250.00' });
    expect(await suppressedOf('cora')).toMatchObject({ reason: 'consent', detail: 'The customer has refused to be written to.' });
    expect((await alertOf('dora')).state).toBe('open');
  });

  it('keep to quiet hours and the cap of a day of the shop', async () => {
    const put = await call<AlertRule>(
      'PUT',
      'alert-rules/churn-high',
      'marketer',
      body({ revision: 1, capPerDay: 4, quietHours: { from: '22:00', to: '07:00' } }),
    );
    expect(put.body).toMatchObject({ revision: 2, from: '2026-05-12T13:00:00.000Z' });
    // Half past nine in the evening in UTC: half past ten in London's summer.
    await say([scored('late', '2026-05-12T21:30:00Z', 'high'), scored('early', '2026-05-12T12:59:00Z', 'high')]);
    expect(await suppressedOf('late')).toMatchObject({
      reason: 'quiet-hours',
      detail: 'It was 22:30; quiet from 22:00 to 07:00.',
      ruleRevision: 2,
    });
    // It was decided before the revision was put.
    expect((await alertOf('early')).ruleRevision).toBe(1);
    const many = Array.from({ length: 60 }, (_, index) =>
      scored(`c${index}`, '2026-05-13T10:00:00Z', 'high', { netValueAtStake: `${9 + index}.50` }),
    );
    await say(many);
    const counts = await until('all sixty are decided', async () => {
      const sent = (await get<AlertsAnswer>('alerts?limit=100')).alerts.filter(
        ({ openedAt }) => openedAt === '2026-05-13T10:00:00.000Z',
      ).length;
      const { cap = 0 } = (await get<SuppressionsAnswer>('alert-suppressions')).counts;
      return sent + cap === 60 && { sent, cap };
    });
    expect(counts).toEqual({ sent: 4, cap: 56 });
  });

  it('are listed in pages, newest decided first', async () => {
    const whole = await get<AlertsAnswer>('alerts?limit=100');
    const pages: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const page: AlertsAnswer = await get(`alerts?limit=3${next === '' ? '' : `&before=${next}`}`);
      pages.push(...page.alerts.map(({ alertId }) => alertId));
      next = page.next;
    }
    expect(pages).toEqual(whole.alerts.map(({ alertId }) => alertId));
    expect(pages.length).toBeGreaterThan(6);
    const decided = whole.alerts.map(({ decidedAt }) => decidedAt);
    expect(decided).toEqual([...decided].sort().reverse());
    const ranked: AlertItem[] = [];
    for (let next: string | null = ''; next !== null;) {
      const page: AlertsAnswer = await get(`alerts?sort=value&limit=3${next === '' ? '' : `&before=${next}`}`);
      ranked.push(...page.alerts);
      next = page.next;
    }
    expect(ranked.map(({ alertId }) => alertId).sort()).toEqual([...pages].sort());
    const values = ranked.map(({ netValueAtStake }) => Number(netValueAtStake));
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(new Set(values).size).toBeGreaterThan(1);
    // A page of one order is none of the other.
    const { next: byTime } = await get<AlertsAnswer>('alerts?limit=3');
    expect((await call('GET', `alerts?sort=value&before=${byTime}`, 'operator')).body).toMatchObject({ code: 'page-unknown' });
    const suppressed: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const page: SuppressionsAnswer = await get(`alert-suppressions?limit=7${next === '' ? '' : `&before=${next}`}`);
      suppressed.push(...page.suppressions.map(({ customerId, reason }) => `${customerId} ${reason}`));
      next = page.next;
    }
    expect(new Set(suppressed).size).toBe(59);
    expect(suppressed).toHaveLength(59);
    expect((await call('GET', 'alerts?before=nonsense', 'operator')).body).toMatchObject({ code: 'page-unknown' });
  });

  it('are held up by no message that cannot be used: it is counted, and listed', async () => {
    const broken = scored('frida', '2026-05-14T10:00:00Z', 'high');
    await say([
      { key: 'frida', value: 'no json' },
      { key: 'somebody', value: broken.value },
      { key: 'frida', value: JSON.stringify({ type: 'tideline.figures.committed.v1', id: 'x' }) },
      { key: 'frida', value: broken.value.replace('"high"', '"huge"') },
      { key: null, value: JSON.stringify({ id: 7 }) },
      broken,
    ]);
    await alertOf('frida').catch(() => suppressedOf('frida'));
    const { counts, deadLetters } = await until('all five are listed', async () => {
      const answer = await get<AlertDeadLettersAnswer>('alert-dead-letters');
      return answer.deadLetters.length >= 5 && answer;
    });
    expect(counts).toEqual({ 'not-json': 1, 'key-differs': 1, 'unknown-type': 1, 'invalid-data': 1, 'not-an-event': 1 });
    expect(deadLetters.find(({ reason }) => reason === 'invalid-data')?.detail).toContain('data.band');
    const metrics = (await app.get(Metrics).text()).split('\n').filter((line) => line.startsWith('tideline_alert'));
    expect(metrics).toContain('tideline_alert_dead_letters_total{shop="alarmed",reason="not-json"} 1');
    expect(metrics).toContain('tideline_alerts_suppressed_total{shop="alarmed",rule="churn-high",reason="cap"} 56');
  });
});

describe('rules', () => {
  it.each([
    [{ band: 'low' }, 'band: must be medium (from 0.4) or high (from 0.7)'],
    [{ holdout: 0.9 }, 'must be at most 0.5'],
    [{ minNetValue: '-1' }, 'non-negative decimal'],
    [{ minOrders: 0 }, 'a score needs an order'],
    [{ quietHours: { from: '08:00', to: '08:00' } }, 'the whole day'],
    [{ quietHours: { from: '25:00', to: '08:00' } }, 'must be a time of day'],
    [{ capPerDay: 0 }, 'switch the rule off'],
    [{ segment: 'Heroes' }, 'Champions'],
    [{ treshold: 0.99 }, 'treshold'],
  ])('refuse %j', async (change, words) => {
    const answer = await call('PUT', 'alert-rules/another', 'marketer', { ...body({}), ...change });
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(words);
  });

  it('are put by one person at a time, and are known by their ids', async () => {
    expect(await call('PUT', 'alert-rules/churn-high', 'marketer', body({ revision: 1 }))).toMatchObject({
      status: 409,
      body: {
        code: 'rule-changed',
        detail: 'Rule churn-high is not at revision 1: marketer put revision 2. Read it again, then put your change.',
      },
    });
    expect((await call('PUT', 'alert-rules/churn-high', 'operator', body({ revision: 2 }))).status).toBe(403);
    expect((await call('GET', 'alert-rules/other', 'operator')).body).toMatchObject({
      code: 'rule-unknown',
      detail: 'alarmed has no rule other. There are: churn-high.',
    });
    expect((await get<{ rules: AlertRule[] }>('alert-rules')).rules.map(({ id, revision }) => [id, revision])).toEqual([['churn-high', 2]]);
  });

  it('say that their effect is not known yet', async () => {
    const effect = await get<EffectAnswer>('alert-rules/churn-high/effect');
    expect(effect).toMatchObject({ known: false, perCustomer: null, windowDays: 90, holdout: { customers: 0, mean: null } });
    expect(effect.detail).toMatch(
      /^Not yet known: 90 days have passed for \d+ of 30 customers with an alert, and for 0 of 30 left alone\.$/,
    );
  });
});
