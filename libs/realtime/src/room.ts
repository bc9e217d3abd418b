import type { Snapshot } from '#contracts';
import type { RoomAnswer } from '#http';

/** Someone who watches. */
export interface LiveSocket {
  readonly id: string;
  /** False while what was sent before has not left: it is skipped, and gets the newest state later. */
  readonly ready: boolean;
}

/** What a room is made of. */
export interface RoomParts {
  /** `demo/headline?period=today` */
  readonly key: string;
  readonly name: Snapshot['name'];
  readonly shop: string;
  readonly everyMs: number;
  readonly read: () => Promise<RoomAnswer>;
  /** Time between two snapshots over time, in milliseconds: two that follow each other may be half as far apart. */
  readonly intervalMs: () => number;
  /** Grows with every call, over all rooms. */
  readonly count: () => number;
  readonly send: (sockets: readonly string[], snapshot: Snapshot) => void;
  readonly skipped: (sockets: number) => void;
  /** A read failed while these watched. @param lasting none has succeeded for a while */
  readonly failed: (error: unknown, sockets: readonly string[], lasting: boolean) => void;
}

/**
 * A read that failed is done again after this long at most, and whoever watches need not know before: an engine that was busy is free
 * again by then.
 */
const retryMs = 1_000;
/** A slow socket is looked at again after this long. */
const catchUpMs = 25;

/**
 * One producer of snapshots for all who watch the same. The first change after quiet is read at once; then at most one read is
 * under way, and whatever moves meanwhile becomes one more when it may: the newest state wins, nothing queues. Figures that move once in
 * an interval are read as soon as they have, if not quite in step with it.
 */
export class Room {
  readonly #members = new Map<string, { readonly socket: LiveSocket; seq: string }>();
  #current: Snapshot | undefined;
  /** Data and stamp of the current snapshot, to see whether a read brought anything new. */
  #body = '';
  /** When the newest event of the current snapshot reached the ledger. */
  #newestAt: number | null | undefined;
  #reading: Promise<void> | undefined;
  /** When the next read may start. */
  #nextAt = -Infinity;
  /** Until when the reads so far have used up their intervals. */
  #usedUntil = -Infinity;
  #moved = false;
  #closed = false;
  #error: unknown;
  /** When the first of the reads in a row failed that have; undefined after one that did not. */
  #failingSince: number | undefined;
  /** Whether viewers were told that what they see stands still. */
  #told = false;
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #catchUp: NodeJS.Timeout | undefined;

  constructor(private readonly parts: RoomParts) {}

  get empty(): boolean {
    return this.#members.size === 0;
  }

  /** The newest state; read when there is none yet. @throws what the reader threw */
  async current(): Promise<Snapshot> {
    if (!this.#current) await (this.#reading ??= this.produce());
    if (!this.#current) throw this.#error;
    return this.#current;
  }

  /** From here on the socket gets every newer state. */
  admit(socket: LiveSocket, seen: string): void {
    this.#members.set(socket.id, { socket, seq: seen });
    if (this.#current && this.#current.seq !== seen) this.deliver(this.#current);
  }

  leave(socket: string): void {
    this.#members.delete(socket);
  }

  /** The figures moved: read now, or as soon as that may be. */
  moved(): void {
    if (this.#closed) return;
    if (this.#reading) {
      this.#moved = true;
      return;
    }
    const wait = this.#nextAt - performance.now();
    if (wait <= 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#reading = this.produce();
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#reading ??= this.produce();
      }, wait);
    }
  }

  close(): void {
    this.#closed = true;
    this.#members.clear();
    for (const timer of [this.#timer, this.#again, this.#catchUp]) clearTimeout(timer);
  }

  private async produce(): Promise<void> {
    this.#moved = false;
    const begun = performance.now();
    try {
      const answer = await this.parts.read();
      // The next snapshot takes back what viewers were told, also where nothing moved.
      if (this.#told) this.#body = '';
      [this.#told, this.#failingSince] = [false, undefined];
      this.accept(answer);
    } catch (error) {
      this.#error = error;
      const now = performance.now();
      this.#failingSince ??= now;
      const lasting = now - this.#failingSince >= retryMs;
      this.#told ||= lasting;
      // Whoever asked for a first state is told; a room that already has viewers would fall silent without a word.
      if (this.#current && !this.empty) this.parts.failed(error, [...this.#members.keys()], lasting);
    }
    this.#reading = undefined;
    const ended = performance.now();
    const interval = this.parts.intervalMs();
    // Never more than half an interval ahead: first states that are read out of turn are not made up for.
    this.#usedUntil = Math.min(Math.max(this.#usedUntil, begun), begun + interval / 2) + interval;
    // A store that is slow is asked less often: half as long as it took it is left alone.
    this.#nextAt = Math.max(this.#usedUntil - interval / 2, ended + (ended - begun) / 2);
    if (this.#closed) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(
      () => this.moved(),
      this.#failingSince === undefined ? this.parts.everyMs : Math.min(retryMs, this.parts.everyMs),
    );
    if (this.#moved) this.moved();
  }

  private accept({ data, stamp, newestAt }: RoomAnswer): void {
    const body = JSON.stringify([data, stamp]);
    if (this.#closed || body === this.#body) return;
    const { key, name, shop } = this.parts;
    const before = this.#current;
    // How long the newest event took is a property of that event: a later look, or a generation that brought nothing newer, does not
    // make it slower, and of one that was there before anybody looked it is not known.
    const lagMs = newestAt === this.#newestAt ? (before?.lagMs ?? null) : before && newestAt ? Math.max(0, Date.now() - newestAt) : null;
    this.#newestAt = newestAt;
    const seq = `${stamp.generation}.${this.parts.count()}`;
    this.#body = body;
    this.#current = { room: key, name, shop, seq, after: before?.seq ?? null, lagMs, data, ...stamp } as Snapshot;
    this.parts.skipped(this.deliver(this.#current));
  }

  /** @returns how many sockets were not ready: they get the newest state as soon as they are */
  private deliver(snapshot: Snapshot): number {
    clearTimeout(this.#catchUp);
    const behind = [...this.#members.values()].filter(({ seq }) => seq !== snapshot.seq);
    const ready = behind.filter(({ socket }) => socket.ready);
    for (const member of ready) member.seq = snapshot.seq;
    if (ready.length > 0) {
      this.parts.send(
        ready.map(({ socket }) => socket.id),
        snapshot,
      );
    }
    if (ready.length < behind.length) this.#catchUp = setTimeout(() => void (this.#current && this.deliver(this.#current)), catchUpMs);
    return behind.length - ready.length;
  }
}
