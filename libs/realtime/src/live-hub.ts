import { roomQueries, type RoomTrouble, type Snapshot } from '#contracts';
import { requireRole, type Principal, type RoomReader } from '#http';
import { RealtimeError, wordsOf } from './realtime.errors.js';
import type { RealtimeMetrics } from './realtime.metrics.js';
import type { DeclaredRoom, RoomCatalog } from './room-catalog.js';
import { Room, type LiveSocket } from './room.js';

/** What is asked for: a room of a shop, with a query that nobody has looked at yet. */
export interface Ask {
  readonly shop: string;
  readonly name: string;
  readonly query: unknown;
}

/** What the server does for some of its connections. */
export interface Wire {
  snapshot(sockets: readonly string[], snapshot: Snapshot): void;
  trouble(sockets: readonly string[], trouble: RoomTrouble): void;
  hangUp(sockets: readonly string[]): void;
}

export interface HubParts {
  readonly catalog: RoomCatalog;
  readonly metrics: RealtimeMetrics;
  /** Tells when the figures of a watched shop moved. Watching again does nothing. */
  readonly hints: { watch(shop: string): void; stop(): Promise<void> };
  readonly log: { warn(fields: object, message: string): void };
}

/** Beyond this many sockets the headline moves as seldom as the rest: a screen cannot show more, and a process must send it. */
const manySockets = 100;
const fastMs = 100;
const slowMs = 250;
/** What one socket may watch at a time: a dashboard needs four. */
const roomsPerSocket = 12;

/** The rooms that somebody watches. Rooms come with their first member and go with their last: unwatched ones do no work. */
export class LiveHub {
  readonly #rooms = new Map<string, Room & { readonly shop: string; readonly onMove: DeclaredRoom['onMove'] }>();
  /** Keys of the rooms that each socket is in, or is about to be. */
  readonly #memberships = new Map<string, Set<string>>();
  #sockets = 0;
  #count = 0;
  #wire: Wire | undefined;

  constructor(private readonly parts: HubParts) {}

  /** Told once the server is there. */
  sendBy(wire: Wire): void {
    this.#wire = wire;
  }

  connected(): void {
    this.parts.metrics.sockets((this.#sockets += 1));
  }

  disconnected(socket: string): void {
    this.parts.metrics.sockets((this.#sockets -= 1));
    for (const key of this.#memberships.get(socket) ?? []) this.leave(socket, key);
    this.#memberships.delete(socket);
  }

  /**
   * Puts a socket into a room. Joining again gives the newest state again.
   * @throws {RealtimeError} `room-unknown`, `query-invalid`, `too-many-rooms`; {HttpError} `role-too-low`; what the reader throws
   */
  async join(socket: LiveSocket, principal: Principal, ask: Ask): Promise<Snapshot> {
    const { declared, query, key } = this.understand(principal, ask);
    const mine = this.#memberships.get(socket.id) ?? new Set<string>();
    this.#memberships.set(socket.id, mine);
    if (!mine.has(key) && mine.size >= roomsPerSocket) {
      throw new RealtimeError('too-many-rooms', `A connection may be in ${roomsPerSocket} rooms at a time. Leave one first.`);
    }
    mine.add(key);
    const room = this.open(declared, ask.shop, query, key);
    try {
      const snapshot = await room.current();
      // It may have left, or gone, while the first state was read.
      if (mine.has(key) && this.#memberships.get(socket.id) === mine) room.admit(socket, snapshot.seq);
      if (declared.onMove) this.parts.hints.watch(ask.shop);
      return snapshot;
    } catch (error) {
      mine.delete(key);
      throw error;
    } finally {
      this.closeIfEmpty(key);
    }
  }

  leave(socket: string, key: string): void {
    this.#memberships.get(socket)?.delete(key);
    this.#rooms.get(key)?.leave(socket);
    this.closeIfEmpty(key);
  }

  /** The newest state of a room, watched or not. @throws as `join` does */
  async snapshot(principal: Principal, ask: Ask): Promise<Snapshot> {
    const { declared, query, key } = this.understand(principal, ask);
    const room = this.open(declared, ask.shop, query, key);
    try {
      return await room.current();
    } finally {
      this.closeIfEmpty(key);
    }
  }

  /** The figures of a shop moved, or its alerts. */
  moved(shop: string, what: true | 'alerts' = true): void {
    for (const room of this.#rooms.values()) if (room.shop === shop && room.onMove === what) room.moved();
  }

  async onModuleDestroy(): Promise<void> {
    await this.parts.hints.stop();
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
    this.parts.metrics.rooms(0);
  }

  private understand(principal: Principal, { shop, name, query: asked }: Ask): { declared: DeclaredRoom; query: object; key: string } {
    const declared = this.parts.catalog.find(name);
    if (declared.access !== 'public') requireRole(principal, declared.access, `The room ${name}`);
    const parsed = roomQueries[declared.name].safeParse(asked ?? {});
    if (!parsed.success) {
      const faults = parsed.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
      throw new RealtimeError('query-invalid', `The room ${name} cannot be asked this: ${faults.join('; ')}.`);
    }
    // Two asks that are equal after defaults are one room.
    const entries = Object.entries(parsed.data).filter(([, value]) => value !== undefined);
    const words = new URLSearchParams(entries.map(([field, value]): [string, string] => [field, String(value)]));
    words.sort();
    return { declared, query: parsed.data, key: `${shop}/${name}${words.size === 0 ? '' : `?${words.toString()}`}` };
  }

  private open(declared: DeclaredRoom, shop: string, query: object, key: string): Room {
    const known = this.#rooms.get(key);
    if (known) return known;
    const { metrics, log } = this.parts;
    const { name, everyMs, onMove } = declared;
    const reader = declared.reader as { read(shop: string, query: object): ReturnType<RoomReader['read']> };
    const room = new Room({
      key,
      name,
      shop,
      everyMs,
      read: async () => {
        const begun = performance.now();
        const answer = await reader.read(shop, query);
        metrics.read(name, performance.now() - begun);
        return answer;
      },
      intervalMs: () => (name === 'headline' && this.#sockets <= manySockets ? fastMs : slowMs),
      count: () => (this.#count += 1),
      send: (sockets, snapshot) => {
        metrics.sent(name, sockets.length);
        this.#wire?.snapshot(sockets, snapshot);
      },
      skipped: (sockets) => metrics.skipped(name, sockets),
      failed: (error, sockets, lasting) => {
        const words = wordsOf(error);
        // The shop was deleted: no snapshot will come that could say so. Who connects anew asks anew, and is told.
        if (words.code === 'shop-unknown') return this.#wire?.hangUp(sockets);
        log.warn({ room: key, error: String(error) }, 'a room could not be read, it is tried again');
        if (lasting) this.#wire?.trouble(sockets, { room: key, name, ...words });
      },
    });
    this.#rooms.set(key, Object.assign(room, { shop, onMove }));
    metrics.rooms(this.#rooms.size);
    return room;
  }

  private closeIfEmpty(key: string): void {
    const room = this.#rooms.get(key);
    if (!room?.empty || [...this.#memberships.values()].some((keys) => keys.has(key))) return;
    room.close();
    this.#rooms.delete(key);
    this.parts.metrics.rooms(this.#rooms.size);
  }
}
