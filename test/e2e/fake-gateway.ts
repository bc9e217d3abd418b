import {
  joinRequest,
  leaveRequest,
  socketEvents,
  type FeedItem,
  type ModelAnswer,
  type PipelineSnapshot,
  type Role,
  type RoomName,
  type RoomTrouble,
  type ShopAnswer,
  type Snapshot,
} from '#contracts';
import express from 'express';
import helmet from 'helmet';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket as Connection } from 'node:net';
import { Server as SocketServer, type Socket } from 'socket.io';
import { FakeAlarms } from './fake-alarms.js';
import { serveAlarms, serveDemand, serveMarketing, serveModels } from './fake-rest.js';
import { dataOf, emptyShop, type FakeShop } from './fake-shop.js';

/** What the next snapshot of a room is to suffer. */
type Fault = 'lose' | 'garble';

/**
 * A server that speaks the contract of the live rooms and of nothing else, with figures that a test sets. It makes what the real
 * one makes only by luck: a lost snapshot, a lag, a refusal. It keeps one turn per room and sends at once.
 */
export class FakeGateway {
  readonly shops = new Map<string, FakeShop>();
  /** Answers of `GET .../rooms/...` so far. */
  refetches = 0;
  /** Refuses all joins with this, when set. */
  refusal: { code: string; detail: string } | null = null;
  /** REST answers 401 until a session was made with this token, when set, and live connections are refused. */
  token: string | null = null;
  /** What the verdict on a live connection waits for. */
  verdict: Promise<void> = Promise.resolve();
  /** What the answers to joins wait for. */
  answers: Promise<void> = Promise.resolve();
  /** Who looks at the page. */
  who: { name: string; role: Role } = { name: 'ann', role: 'marketer' };
  readonly models = new Map<string, ModelAnswer>();
  /** Commands that came so far. */
  commands = 0;
  private signedIn = false;
  private generation = 1;
  private readonly alarms = new Map<string, FakeAlarms>();
  private readonly rooms = new Map<string, { counter: number; after: string | null }>();
  private readonly faults = new Map<RoomName, Fault[]>();
  private http: Server | null = null;
  private io: SocketServer | null = null;
  private readonly connections = new Set<Connection>();
  private port = 0;

  /** @param page folder of the built dashboard */
  constructor(private readonly page: string) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  addShop(shop: string, settings: Partial<Pick<ShopAnswer, 'currency' | 'timeZone' | 'status' | 'kind' | 'replayOf'>> = {}): FakeShop {
    const made = emptyShop({
      shop,
      currency: 'GBP',
      timeZone: 'Europe/London',
      fiscalYearStart: 1,
      kind: 'live',
      replayOf: null,
      clock: 'data',
      status: 'ready',
      ...settings,
    });
    this.shops.set(shop, made);
    return made;
  }

  /** As a deleted sandbox: it is not there any more, and who watched it loses the connection. */
  removeShop(shop: string): void {
    this.shops.delete(shop);
    this.io?.disconnectSockets();
  }

  /** Listens on a free port, or on the one it had before. */
  async start(): Promise<void> {
    const app = express();
    // As libs/http does.
    app.use(helmet({ contentSecurityPolicy: { directives: { 'script-src': ["'self'"], 'upgrade-insecure-requests': null } } }));
    app.use(express.json());
    app.post('/api/v1/session', (request, response) => {
      this.signedIn = (request.body as { token?: unknown }).token === this.token;
      response.status(this.signedIn ? 200 : 401).json(this.signedIn ? {} : problemOf(401, 'token-unknown', 'This token is not known.'));
    });
    app.use('/api', (_, response, next) => {
      if (this.token === null || this.signedIn) return next();
      response.status(401).json(problemOf(401, 'unauthorized', 'Send a token.'));
    });
    app.use('/api/v1/shops/:shop', (_, response, next) => {
      if (this.refusal?.code !== 'shop-not-ready') return next();
      response.status(503).json(problemOf(503, this.refusal.code, this.refusal.detail));
    });
    app.get('/api/v1/shops', (_, response) => {
      response.json({ shops: [...this.shops.values()].map(({ settings }) => settings) });
    });
    app.get('/api/v1/session', (_, response) => void response.json(this.who));
    serveMarketing(app, this);
    serveModels(app, this);
    serveAlarms(app, this);
    serveDemand(app, this);
    app.get('/api/v1/shops/:shop/rooms/:name', (request, response) => {
      this.refetches += 1;
      const { shop, name } = request.params;
      response.json(this.snapshot(shop, name as RoomName, request.query));
    });
    app.use(express.static(this.page));
    this.http = createServer(app);
    this.http.on('connection', (connection) => {
      this.connections.add(connection);
      connection.once('close', () => this.connections.delete(connection));
    });
    this.io = new SocketServer(this.http, { path: '/socket.io', serveClient: false });
    this.io.use((_, next) => {
      const known = this.token === null || this.signedIn;
      void this.verdict.then(() => next(known ? undefined : new Error('Send a token.')));
    });
    this.io.on('connection', (socket) => this.serve(socket));
    await new Promise<void>((done) => this.http?.listen(this.port, '127.0.0.1', done));
    this.port = (this.http.address() as AddressInfo).port;
  }

  /** Goes away as a killed process does: all connections at once, and those that are just being made. */
  async stop(): Promise<void> {
    this.http?.close();
    for (const connection of this.connections) connection.destroy();
    await this.io?.close();
    [this.io, this.http] = [null, null];
  }

  /** The figures moved: one new generation, and a snapshot to everybody in a room of this shop. */
  publish(shop: string, names: readonly RoomName[] = ['headline', 'series', 'feed', 'pipeline', 'alerts']): void {
    this.generation += 1;
    for (const [key, members] of this.io?.sockets.adapter.rooms ?? []) {
      if (!key.startsWith('{') || members.size === 0) continue;
      const { shop: of, name, query } = JSON.parse(key) as { shop: string; name: RoomName; query: unknown };
      if (of !== shop || !names.includes(name)) continue;
      const room = this.roomOf(key);
      room.counter += 1;
      const snapshot = this.snapshot(shop, name, query);
      room.after = snapshot.seq;
      const fault = this.faults.get(name)?.shift();
      if (fault === 'lose') continue;
      this.io?.to(key).emit(socketEvents.snapshot, fault === 'garble' ? { ...snapshot, seq: 7 } : snapshot);
    }
  }

  /** One order of an amount, published. */
  sell(shop: string, amount: string, item: Partial<FeedItem> = {}): void {
    this.shops.get(shop)?.sell(amount, item);
    this.publish(shop);
  }

  /** Names of the rooms that somebody is in. */
  roomsWatched(): string[] {
    const rooms = [...(this.io?.sockets.adapter.rooms ?? [])].filter(([key, members]) => key.startsWith('{') && members.size > 0);
    return rooms.map(([key]) => (JSON.parse(key) as { name: string }).name);
  }

  setPipeline(shop: string, change: Partial<PipelineSnapshot['data']>): void {
    const found = this.shops.get(shop);
    if (found) found.pipeline = { ...found.pipeline, ...change };
    this.publish(shop, ['pipeline']);
  }

  alarmsOf(shop: string): FakeAlarms {
    const known = this.alarms.get(shop) ?? new FakeAlarms(shop);
    this.alarms.set(shop, known);
    return known;
  }

  /** What alarms have become is on the page. */
  async publishAlarms(shop: string): Promise<void> {
    this.setPipeline(shop, { alarms: await this.alarmsOf(shop).shown() });
  }

  /** A room cannot be read: all who are in it are told. */
  trouble(name: RoomName, words: { code: string; detail: string }): void {
    for (const room of this.io?.sockets.adapter.rooms.keys() ?? [])
      if (room.startsWith('{') && (JSON.parse(room) as { name: RoomName }).name === name)
        this.io?.to(room).emit(socketEvents.trouble, { room, name, ...words } satisfies RoomTrouble);
  }

  /** The next snapshot of a room is not sent, or sent broken. */
  fault(name: RoomName, fault: Fault): void {
    this.faults.set(name, [...(this.faults.get(name) ?? []), fault]);
  }

  /** @throws when there is none: a test asked for what it did not make */
  shopOf(id: string): FakeShop {
    const shop = this.shops.get(id);
    if (!shop) throw new Error(`The fake gateway has no shop ${id}.`);
    return shop;
  }

  private serve(socket: Socket): void {
    socket.on(socketEvents.join, async (message: unknown, answer: (value: unknown) => void) => {
      await this.answers;
      const asked = joinRequest.safeParse(message);
      if (!asked.success) return answer({ ok: false, code: 'bad-request', detail: 'The join is not what the contract says.' });
      const { shop, name, query } = asked.data;
      if (this.refusal) return answer({ ok: false, ...this.refusal });
      if (!this.shops.has(shop)) return answer({ ok: false, code: 'shop-unknown', detail: `There is no shop ${shop}.` });
      const snapshot = this.snapshot(shop, name, query);
      void socket.join(snapshot.room);
      const room = this.roomOf(snapshot.room);
      room.after = snapshot.seq;
      answer({ ok: true, room: snapshot.room, snapshot });
    });
    socket.on(socketEvents.leave, (message: unknown) => void socket.leave(leaveRequest.parse(message).room));
  }

  private roomOf(key: string): { counter: number; after: string | null } {
    const room = this.rooms.get(key) ?? { counter: 1, after: null };
    this.rooms.set(key, room);
    return room;
  }

  private snapshot(id: string, name: RoomName, query: unknown): Snapshot {
    const shop = this.shopOf(id);
    const key = JSON.stringify({ shop: id, name, query });
    const room = this.roomOf(key);
    return {
      room: key,
      name,
      shop: id,
      seq: `${this.generation}.${room.counter}`,
      after: room.after,
      lagMs: shop.lagMs,
      data: dataOf(shop, name, query),
      asOf: shop.now,
      generation: String(this.generation),
      watermark: { 'transactions.v1/0': `1:${this.generation}` },
      partial: false,
    } as Snapshot;
  }
}

export function problemOf(status: number, code: string, detail: string): object {
  return { type: 'about:blank', title: code, status, detail, instance: '/api', code };
}
