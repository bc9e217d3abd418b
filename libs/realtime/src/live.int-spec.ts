import { AnalyticsModule } from '#analytics';
import { ConfigModule, readConfig } from '#config';
import { role, snapshot as snapshotSchema, topicOf, type JoinAnswer, type Role, type Snapshot, type SummaryAnswer } from '#contracts';
import { doorsOf, httpConfig, HttpModule, Principals, setupHttp, type Door } from '#http';
import { ingestionConfig, IngestionModule, IngestionService } from '#ingestion';
import { Metrics, ObservabilityModule, type Logger } from '#observability';
import { StreamingModule } from '#streaming';
import { SpecAlarmsModule, aReturn, anOrder, aTick, openTestStack, silent, type TestMessage, type TestStack } from '#testing';
import { ShopRepository, WarehouseModule, type Shop } from '#warehouse';
import { Module, type INestApplication } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LiveAdapter, RealtimeModule } from './index.js';

// Real broker, real engine, real pipeline, real sockets.

const roles = role.options;
const principals = new Principals(
  roles.map((each) => ({ name: each, role: each, tokenHash: createHash('sha256').update(`token-of-${each}`).digest('hex') })),
);
const trusted = 'https://figures.example.org';
const shop = 'live';
/** A shop whose source says what time it is. */
const world = 'world';

let stack: TestStack;
let app: INestApplication;
let url: string;
let opened: Socket[] = [];

beforeAll(async () => {
  stack = await openTestStack();
  const config = readConfig([httpConfig, ingestionConfig], { TIDELINE_REFRESH_MS: '20' });
  const logger = silent as unknown as Logger;
  @Module({
    imports: [
      ConfigModule.forRoot(config),
      ObservabilityModule.forRoot(logger),
      HttpModule.forRoot(principals),
      WarehouseModule.forRoot(stack.clickhouse),
      StreamingModule.forRoot(stack.streaming),
      SpecAlarmsModule,
      IngestionModule.forRoot({ onTruncation: 'halt', claimedBy: 'spec' }),
      AnalyticsModule,
      RealtimeModule,
    ],
  })
  class SpecModule {}
  app = await NestFactory.create(SpecModule, { logger: false, bodyParser: false, abortOnError: false });
  setupHttp(app, { host: '127.0.0.1', secret: undefined, principals, log: () => undefined });
  app.useWebSocketAdapter(new LiveAdapter(app, { open: principals.open, origins: [trusted] }));
  const shops = app.get(ShopRepository);
  await shops.prepareSystem();
  await shops.register({ shop, timeZone: 'Europe/London', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' });
  await shops.register({ shop: world, timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'source' });
  await app.get(IngestionService).start();
  await app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
});
afterEach(() => {
  for (const socket of opened) socket.disconnect();
  opened = [];
});
afterAll(async () => {
  await app.get(IngestionService).stop();
  await app.close();
  await stack.stop();
});

async function connect(as: Role | 'nobody', options: Parameters<typeof io>[1] = {}): Promise<Socket> {
  const socket = io(url, { auth: { token: `token-of-${as}` }, transports: ['websocket'], reconnection: false, forceNew: true, ...options });
  opened.push(socket);
  await new Promise<void>((done, failed) => socket.once('connect', done).once('connect_error', failed));
  return socket;
}

async function join(socket: Socket, name: string, query: unknown = {}, of = shop): Promise<JoinAnswer> {
  return (await socket.timeout(10_000).emitWithAck('join', { shop: of, name, query })) as JoinAnswer;
}

async function joined(socket: Socket, name: string, query: unknown = {}, of = shop): Promise<Snapshot> {
  const answer = await join(socket, name, query, of);
  if (!answer.ok) throw new Error(`${answer.code}: ${answer.detail}`);
  return answer.snapshot;
}

async function get<T>(path: string, as: Role = 'viewer'): Promise<T> {
  const response = await fetch(`${url}/api/v1/shops/${shop}/${path}`, { headers: { authorization: `Bearer token-of-${as}` } });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function produce(...messages: TestMessage[]): Promise<void> {
  await produceTo(shop, ...messages);
}

async function produceTo(to: string, ...messages: TestMessage[]): Promise<void> {
  const producer = await stack.streaming.producer();
  for (const topic of new Set(messages.map((each) => each.topic)))
    await producer.send(
      topicOf(to, topic),
      messages.filter((each) => each.topic === topic).map(({ key, value }) => ({ key, value })),
    );
  await producer.close();
}

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Not within twenty seconds: ${what}`);
    await sleep(5);
  }
}

async function reads(room: string): Promise<number> {
  const line = (await app.get(Metrics).text())
    .split('\n')
    .find((each) => each.startsWith(`tideline_live_query_seconds_count{room="${room}"}`));
  return Number(line?.split(' ')[1] ?? 0);
}

function listen(socket: Socket): Snapshot[] {
  const got: Snapshot[] = [];
  socket.on('snapshot', (each: Snapshot) => got.push(each));
  return got;
}

const order = (number: number, clock: string): TestMessage =>
  anOrder({ orderId: `o-${number}`, customerId: `c-${number % 7}`, orderedAt: clock }, { id: `event-${number}` });

describe('rooms', () => {
  it('bring an event from Kafka to a socket, equal to REST, and the newest state again by REST', async () => {
    const socket = await connect('viewer');
    const got = listen(socket);
    const first = await joined(socket, 'headline');
    expect(first.after).toBeNull();
    await produce(order(1, '2024-03-04T09:00:00Z'), order(2, '2024-03-05T10:10:00Z'));
    const last = await until('both orders show', () =>
      got.findLast((each) => each.name === 'headline' && each.data.figures.orders === 1 && each.data.previous?.figures.orders === 1),
    );
    expect(() => snapshotSchema.parse(last)).not.toThrow();
    if (last.name !== 'headline') throw new Error('no headline');
    // The tiles are live, the answers of REST settle: within a second they say the same.
    let rest = await get<SummaryAnswer>('kpis/summary?from=2024-03-05&to=2024-03-06');
    for (let tries = 0; rest.figures.orders === 0 && tries < 400; tries += 1) {
      await sleep(50);
      rest = await get<SummaryAnswer>('kpis/summary?from=2024-03-05&to=2024-03-06');
    }
    expect(rest.figures).toMatchObject(last.data.figures);
    expect([last.data.from, last.data.to]).toEqual([rest.from, rest.to]);
    expect(last.data.figures).toMatchObject({ grossSales: '10.00', orders: 1, buyers: 1 });
    // Yesterday's order came at nine, and it is ten past ten now.
    expect(last.data.previous).toMatchObject({ from: '2024-03-04T00:00:00.000Z', to: '2024-03-04T10:10:00.000Z', figures: { orders: 1 } });
    // They came just now, and are of 2024: that is no pace.
    expect(last.data.pace).toEqual({ ordersPerShopHour: 0, ordersPerRealMinute: 0 });
    expect(last.lagMs).toBeGreaterThanOrEqual(0);
    // No snapshot was missed: each names the one before.
    expect(got.map(({ after }) => after)).toEqual([first.seq, ...got.slice(0, -1).map(({ seq }) => seq)]);
    expect(await get('rooms/headline')).toEqual(got.at(-1));
  });

  it('show a series and the feed of what came', async () => {
    const socket = await connect('viewer');
    const got = listen(socket);
    await joined(socket, 'feed', { limit: 2 });
    await produce(
      anOrder(
        { orderId: 'o-2', customerId: 'c-2', orderedAt: '2024-03-05T10:10:00Z', revision: 2, country: 'France' },
        { id: 'corrected' },
      ),
      aReturn({ returnId: 'r-1', orderId: 'o-2', customerId: 'c-2', refundedAt: '2024-03-05T11:00:00Z' }, { id: 'refunded' }),
    );
    const feed = await until('both show', () =>
      got.findLast(
        (each) => each.name === 'feed' && ['corrected', 'refunded'].every((id) => each.data.items.some((item) => item.id === id)),
      ),
    );
    expect((feed.data as { items: { id: string }[] }).items.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
      {
        id: 'corrected',
        kind: 'correction',
        entity: 'o-2',
        time: '2024-03-05T10:10:00.000Z',
        customer: 'c-2',
        country: 'France',
        amount: '10.00',
        units: 1,
      },
      {
        id: 'refunded',
        kind: 'refund',
        entity: 'r-1',
        time: '2024-03-05T11:00:00.000Z',
        customer: 'c-2',
        country: null,
        amount: '4.00',
        units: 1,
      },
    ]);
    const series = await joined(socket, 'series', { period: 'last-7-days', grain: 'day' });
    if (series.name !== 'series') throw new Error('no series');
    expect(series.data.points.map(({ local, orders }) => [local, orders]).slice(-2)).toEqual([
      ['2024-03-04', 1],
      ['2024-03-05', 1],
    ]);
    const pipeline = await joined(socket, 'pipeline');
    expect(pipeline.data).toMatchObject({ state: 'running', lag: 0, waitingMs: 0, deadLetters: 0, alarms: [] });
    expect(pipeline.data).toMatchObject({ clock: { mode: 'data', speed: null } });
    for (const each of [series, pipeline, feed]) expect(() => snapshotSchema.parse(each)).not.toThrow();
  });

  it('of a source that sends its history first show all of it, and a pace from its first tick on', async () => {
    const days = 600;
    const start = Date.parse('2022-01-01T12:00:00Z');
    const at = (day: number): string => new Date(start + day * 86_400_000).toISOString();
    const socket = await connect('viewer');
    const got = listen(socket);
    await joined(socket, 'headline', { period: 'today' }, world);
    await produceTo(world, ...Array.from({ length: days }, (_, day) => order(day, at(day))));
    const shows = (orders: number) => () =>
      got.findLast((each) => each.name === 'headline' && each.data.figures.orders === orders) as Extract<Snapshot, { name: 'headline' }>;
    const history = await until('the history shows', shows(days));
    expect(history.data.pace).toEqual({ ordersPerShopHour: null, ordersPerRealMinute: null });
    // By the hour, as a day is looked at, this would be more points than there may be.
    const series = await joined(socket, 'series', { period: 'today', grain: 'hour' }, world);
    expect(series.data).toMatchObject({ grain: 'month' });

    // A shop day a minute: of the history one order is of the last minute of the shop.
    const tick = (day: number): TestMessage => aTick({ now: at(day), speed: 1_440 }, { id: `tick-${day}` });
    await produceTo(world, tick(days - 1));
    const ticked = await until('today shows', shows(1));
    expect(ticked.data.pace.ordersPerRealMinute).toBe(2);
    await produceTo(world, order(days, at(days - 0.8)), order(days + 1, at(days - 0.7)));
    const live = await until('both live orders show', shows(3));
    expect(live.data.pace.ordersPerRealMinute).toBe(4);
  });

  it('read once for all who watch the same, at most ten times a second, and end at the newest state', async () => {
    const sockets = await Promise.all(Array.from({ length: 5 }, () => connect('viewer')));
    const all = sockets.map(listen);
    const before = await reads('headline');
    const firsts = await Promise.all(sockets.map((socket) => joined(socket, 'headline', { period: 'all' })));
    expect(new Set(firsts.map(({ seq }) => seq)).size).toBe(1);
    expect((await reads('headline')) - before).toBe(1);
    const begun = performance.now();
    const total = 150;
    for (let number = 100; number < 100 + total; number += 1) {
      await produce(order(number, '2024-03-05T12:00:00Z'));
    }
    const count = (each: Snapshot): number => (each.name === 'headline' ? each.data.figures.orders : 0);
    await Promise.all(all.map((got) => until('all orders show', () => got.some((each) => count(each) === total + 2))));
    const elapsed = performance.now() - begun;
    const [one = []] = all;
    expect(one.length).toBeLessThanOrEqual(elapsed / 100 + 2);
    expect(one.length).toBeGreaterThan(1);
    for (const got of all) expect(got.map(({ seq }) => seq)).toEqual(one.map(({ seq }) => seq));
    // A second question would have asked a second time for each.
    expect((await reads('headline')) - before).toBeLessThanOrEqual(elapsed / 100 + 3);
  });

  it('are silent after leave, and do no work when nobody watches', async () => {
    const socket = await connect('viewer');
    const got = listen(socket);
    const { room } = await joined(socket, 'headline');
    expect(await socket.emitWithAck('leave', { room })).toEqual({ ok: true });
    const before = await reads('headline');
    await produce(order(900, '2024-03-05T13:00:00Z'));
    await sleep(500);
    expect([got.length, (await reads('headline')) - before]).toEqual([0, 0]);
    expect(await app.get(Metrics).text()).toContain('tideline_live_rooms 0');
  });

  it('let go whoever watches a sandbox that is deleted, and say to him that there is none when he comes again', async () => {
    const shops = app.get(ShopRepository);
    const sandbox = { shop: 'again', replayOf: shop, timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' } as const;
    await shops.prepare(await shops.register(sandbox));
    const [watching, other] = [await connect('viewer', { reconnection: true }), await connect('viewer')];
    await joined(watching, 'headline', { period: 'all' }, sandbox.shop);
    await joined(other, 'headline', { period: 'all' });
    const ended = new Promise((done) => watching.once('disconnect', done));
    await shops.remove((await shops.find(sandbox.shop)) as Shop);
    expect(await ended).toBe('io server disconnect');
    expect(other.connected).toBe(true);
    watching.connect();
    expect(await join(watching, 'headline', { period: 'all' }, sandbox.shop)).toMatchObject({ ok: false, code: 'shop-unknown' });
  });

  it('answer a bad ask with a code and words, and stay usable', async () => {
    const socket = await connect('viewer');
    const codes = async (...asks: [unknown, string][]): Promise<void> => {
      for (const [ask, code] of asks)
        expect(await socket.timeout(5_000).emitWithAck('join', ask), JSON.stringify(ask)).toMatchObject({ ok: false, code });
    };
    await codes(
      [undefined, 'request-invalid'],
      ['headline', 'request-invalid'],
      [{ shop, name: 'cellar', query: {} }, 'request-invalid'],
      [{ shop, name: 'headline', query: { period: 'tomorrow' } }, 'query-invalid'],
      [{ shop, name: 'headline', query: { size: 1 } }, 'query-invalid'],
      [{ shop: 'nowhere', name: 'headline', query: {} }, 'shop-unknown'],
      [{ shop, name: 'series', query: { period: 'custom', from: '2024-03-05', to: '2024-03-04' } }, 'range-empty'],
      [{ shop, name: 'series', query: { period: 'last-365-days', grain: 'minute' } }, 'too-many-points'],
    );
    for (let limit = 1; limit <= 12; limit += 1) await joined(socket, 'feed', { limit });
    await codes([{ shop, name: 'feed', query: { limit: 13 } }, 'too-many-rooms']);
    expect(await socket.emitWithAck('leave', { room: 7 })).toMatchObject({ ok: false, code: 'request-invalid' });
    await expect(get('rooms/cellar')).rejects.toThrow(/404.*room-unknown/);
    const closed = new Promise((done) => socket.once('disconnect', done));
    socket.emit('join', { shop, name: 'headline', query: 'x'.repeat(20_000) });
    await closed;
  });
});

describe('who comes in', () => {
  it('a socket without a token does not, one with a session cookie does', async () => {
    await expect(connect('nobody')).rejects.toMatchObject({ data: { code: 'not-signed-in' } });
    const session = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: 'token-of-viewer' }),
    });
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
    const socket = await connect('nobody', { auth: {}, extraHeaders: { cookie } });
    expect((await join(socket, 'headline')).ok).toBe(true);
  });

  const handshake = (origin: string | undefined, upgrade: boolean): Promise<number> =>
    new Promise((done, failed) => {
      const sent = request(`${url}/socket.io/?EIO=4&transport=${upgrade ? 'websocket' : 'polling'}`, {
        headers: {
          ...(origin === undefined ? {} : { origin }),
          ...(upgrade
            ? {
                connection: 'Upgrade',
                upgrade: 'websocket',
                'sec-websocket-version': '13',
                'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
              }
            : {}),
        },
      });
      sent.on('response', (response) => done(response.resume().statusCode ?? 0));
      sent.on('upgrade', (response, connection) => {
        connection.destroy();
        done(response.statusCode ?? 0);
      });
      sent.on('error', failed).end();
    });

  it.each([
    ['our own page', () => url, true],
    ['a page on the list', () => trusted, true],
    ['a program', () => undefined, true],
    ['a foreign page', () => 'https://evil.example', false],
    ['a page of another port here', () => 'http://127.0.0.1:1', false],
    ['a sandboxed frame', () => 'null', false],
  ])('%s', async (_, origin, welcome) => {
    expect([await handshake(origin(), false), await handshake(origin(), true)]).toEqual(welcome ? [200, 101] : [403, 400]);
  });

  // Every route and room of the app, and the roles that get in. A new one must be written here.
  const viewers: Role[] = ['viewer', 'operator', 'marketer', 'engineer', 'admin'];
  const table: Readonly<Record<string, readonly Role[] | 'public'>> = {
    'route GET health/live': 'public',
    'route GET health/ready': 'public',
    'route GET metrics': 'public',
    'route POST api/v1/session': 'public',
    'route DELETE api/v1/session': 'public',
    'route GET api/v1/session': viewers,
    'route GET api/v1/shops': viewers,
    'route GET api/v1/shops/:shop': viewers,
    'route PUT api/v1/shops/:shop': ['engineer', 'admin'],
    'route GET api/v1/pipeline': viewers,
    'route POST api/v1/shops/:shop/audit': ['operator', 'marketer', 'engineer', 'admin'],
    'route GET api/v1/shops/:shop/alarms': viewers,
    'route GET api/v1/shops/:shop/alarms/:alarm': viewers,
    'route POST api/v1/shops/:shop/alarms/:alarm/commands': ['operator', 'marketer', 'engineer', 'admin'],
    'route POST api/v1/shops/:shop/topics/:topic/partitions/:partition/accept': ['engineer', 'admin'],
    'route GET api/v1/shops/:shop/kpis/summary': viewers,
    'route GET api/v1/shops/:shop/kpis/series': viewers,
    'route GET api/v1/shops/:shop/kpis/breakdown': viewers,
    'route GET api/v1/shops/:shop/events/recent': ['operator', 'marketer', 'engineer', 'admin'],
    'route GET api/v1/shops/:shop/events/path': ['operator', 'marketer', 'engineer', 'admin'],
    'route GET api/v1/shops/:shop/demand': viewers,
    'route GET api/v1/shops/:shop/demand/reorder': viewers,
    'route POST api/v1/shops/:shop/demand/forecasts': ['engineer', 'admin'],
    'route POST api/v1/shops/:shop/maintenance': ['engineer', 'admin'],
    'route GET api/v1/shops/:shop/maintenance': ['operator', 'marketer', 'engineer', 'admin'],
    'route GET api/v1/shops/:shop/quality': viewers,
    'route GET api/v1/shops/:shop/rooms/:name': viewers,
    'room headline': viewers,
    'room series': viewers,
    'room feed': viewers,
    'room pipeline': viewers,
  };

  it('the table names every door', () => {
    const doors = doorsOf(app.get(ModulesContainer)).map(({ kind, name }) => `${kind} ${name}`);
    expect(doors.toSorted()).toEqual(Object.keys(table).toSorted());
  });

  async function enters(door: Pick<Door, 'kind' | 'name'>, as: Role | undefined): Promise<boolean> {
    if (door.kind === 'room') {
      const socket = await connect(as ?? 'nobody').catch(() => undefined);
      const answer = socket && (await join(socket, door.name));
      socket?.disconnect();
      return answer?.ok === true;
    }
    const [method = 'GET', path = ''] = door.name.split(' ');
    const response = await fetch(
      `${url}/${path.replace(':shop', shop).replace(':name', 'feed').replace(':code', 'gap').replace(':topic', 'returns.v1').replace(':partition', '0').replace('breakdown', 'breakdown?by=country').replace('events/path', 'events/path?id=nobody')}`,
      {
        method,
        headers: { ...(as === undefined ? {} : { authorization: `Bearer token-of-${as}` }), 'content-type': 'application/json' },
        ...(method === 'PUT' ? { body: JSON.stringify({ timeZone: 'Europe/London', currency: 'GBP', clock: 'data' }) } : {}),
        ...(method === 'POST'
          ? { body: JSON.stringify(path.endsWith('maintenance') ? { work: 'audit' } : { token: 'token-of-viewer' }) }
          : {}),
      },
    );
    await response.text();
    // Whoever gets in may still hear that there is no such alarm, nothing to accept, or that what he sent is no forecast.
    expect([200, 202, 204, 400, 401, 403, 404, 409], `${door.name} as ${as}`).toContain(response.status);
    return ![401, 403].includes(response.status);
  }

  it.each(Object.entries(table))('%s', async (name, admitted) => {
    const kind = name.startsWith('room ') ? 'room' : 'route';
    const door = { kind, name: name.slice(kind.length + 1) } as const;
    const got: (Role | 'nobody')[] = [];
    for (const as of [undefined, ...roles]) if (await enters(door, as)) got.push(as ?? 'nobody');
    expect(got).toEqual(admitted === 'public' ? ['nobody', ...roles] : admitted);
  });
});

it('shows figures soon after they were committed', async () => {
  const committed = new Map<string, number>();
  const hints = await stack.streaming.consume({
    groupId: 'spec',
    topics: [topicOf(shop, 'committed.v1')],
    startAt: (_topic, _partition, { end }) => Promise.resolve(end),
    onBatch: ({ messages }) => {
      for (const { value } of messages) {
        const hint = JSON.parse(value?.toString() ?? '') as { time: string; data: { generation: string } };
        committed.set(hint.data.generation, Date.parse(hint.time));
      }
      return Promise.resolve();
    },
    onState: () => undefined,
  });
  const socket = await connect('viewer');
  const arrived = new Map<string, number>();
  socket.on('snapshot', ({ generation }: Snapshot) => void arrived.set(generation, Date.now()));
  await joined(socket, 'headline', { period: 'all' });
  await until('hints are heard', () => hints.state === 'running');
  await sleep(2_000);
  for (let number = 2_000; number < 2_020; number += 1) {
    const before = arrived.size;
    await produce(order(number, '2024-03-05T14:00:00Z'));
    await until('it shows', () => arrived.size > before);
  }
  await sleep(200);
  await hints.stop();
  const times = [...arrived].flatMap(([generation, at]) => at - (committed.get(generation) ?? NaN)).filter((each) => !Number.isNaN(each));
  expect(times.length).toBeGreaterThan(10);
  // A few milliseconds on a machine at rest; a bound that a busy one keeps, and a poll instead of hints does not.
  expect(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]).toBeLessThan(500);
});
