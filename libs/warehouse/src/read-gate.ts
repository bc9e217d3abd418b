import { ClickHouseFault } from '#clickhouse';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimOf } from './claim.repository.js';
import { areWithin, type Position } from './positions.js';
import { HeadlineTail } from './refresh/headline-tail.js';
import type { Addition } from './refresh/headline.js';
import type { Shop } from './shop.js';
import { WarehouseError } from './warehouse.errors.js';
import type { Level, Standing, Watermark, WatermarkRepository } from './watermark.repository.js';

/** Nest token of the gate. */
export const READ_GATE = Symbol('READ_GATE');

/** What an answer says of its own age. */
export interface Stamp {
  /** Decimal string; grows with every refresh. */
  readonly generation: string;
  /** The shop's time as an ISO instant, or null while it has none. */
  readonly clock: string | null;
  /** `transactions.v1/0` -> `1:5000` (epoch : next offset). */
  readonly watermark: Readonly<Record<string, string>>;
  /** True when the statements could not be brought under one generation. */
  readonly partial: boolean;
}

/** Where the settled level stands, and how far the ledger is known to be whole, which is as far or further. */
export interface Ground {
  readonly settled: Watermark | undefined;
  readonly live: Watermark | undefined;
}

/** Several statements inside one `read` see one generation of a level: `live` for facts and the headline, else `settled`. */
export interface ReadGate {
  /** @throws {WarehouseError} `shop-not-ready` while the shop's tables are being made */
  read<T>(shop: Shop, work: (stamp: Stamp) => Promise<T>, level?: Level): Promise<{ value: T; stamp: Stamp }>;
  /**
   * For who takes what moved behind the settled level from the ledger itself, up to `live`, and only the rest from the settled tables: he
   * need not wait for a settling that began before, nor keep the next one out, for it moves nothing but what he leaves out. Where one began
   * meanwhile that may have gone beyond `live`, he reads again; the third time as by `read`.
   * @param still as by `read` from the first time on, for who takes more of the settled level than that
   * @returns undefined where the level could not be brought to one place
   * @throws {WarehouseError} `shop-not-ready` while the shop's tables are being made
   */
  readAhead<T>(shop: Shop, work: (ground: Ground) => Promise<T>, still?: boolean): Promise<T | undefined>;
  /** Whether this process moves the shop's figures itself. */
  owns(shop: string): boolean;
  /**
   * What came to the headline since a generation of the live level, to be asked inside a `read` of it. Undefined unless steps of this process
   * brought all of it, and each did nothing but add.
   */
  added(shop: Shop, since: string): readonly Addition[] | undefined;
  /** Tells of each move that this process makes, once it can be read. */
  onMoved(listener: (shop: string) => void): void;
}

/** How long a read waits for a step of another process, or is repeated, before it answers `partial`. */
const patienceMs = 2_000;
const lookAgainMs = 20;
/** How often who reads ahead begins anew before he reads as everybody does. */
const attemptsAhead = 2;

/**
 * Readers of a level share; the refresher's write phase on it is alone. Within one process this is a lock; where the refresher runs in
 * another process the store says whether a step is being written: reads wait for its end, and are repeated when one began meanwhile.
 */
export class ShopGate implements ReadGate {
  readonly #sides = new Map<string, Side>();
  readonly #listeners: ((shop: string) => void)[] = [];

  /** @param patience milliseconds for which a read waits for another process, or is repeated, before it answers `partial` */
  constructor(
    private readonly watermarks: WatermarkRepository,
    private readonly patience = patienceMs,
  ) {}

  async read<T>(shop: Shop, work: (stamp: Stamp) => Promise<T>, level: Level = 'settled'): Promise<{ value: T; stamp: Stamp }> {
    const side = this.side(shop, level);
    const deadline = performance.now() + this.patience;
    for (;;) {
      const answer = await side.lock.shared(async () => {
        const before = await this.standing(shop, level);
        const late = performance.now() > deadline;
        if (before.moving && !late) return undefined;
        const stamp = stampOf(before.watermark);
        const value = await work(stamp).catch((error: unknown) => {
          throw before.watermark ? error : whileMade(shop, error);
        });
        const after = await this.standing(shop, level);
        const moved = before.moving || after.moving || stampOf(after.watermark).generation !== stamp.generation;
        return moved && !late ? undefined : { value, stamp: { ...stamp, partial: moved || side.torn || side.doubt !== undefined } };
      });
      if (answer) return answer;
      await sleep(lookAgainMs);
    }
  }

  async readAhead<T>(shop: Shop, work: (ground: Ground) => Promise<T>, still = false): Promise<T | undefined> {
    for (let attempt = 0; attempt < attemptsAhead && !still; attempt += 1) {
      const before = await this.phase(shop);
      // Nobody knows how far a step went that a process was writing as it died.
      if (before.doubtful || !before.settled) break;
      const value = await work(before);
      if (leavesAlone(before, await this.phase(shop))) return value;
    }
    const { value, stamp } = await this.read(shop, async () => work(await this.phase(shop)));
    return stamp.partial ? undefined : value;
  }

  /**
   * The write phase of a step: waits for the level's readers, keeps new ones out until it is through. One that failed may have moved
   * some tables and not others: answers say `partial` until it was done again.
   */
  async write<T>(shop: Shop, level: Level, work: () => Promise<T>): Promise<T> {
    const side = this.side(shop, level);
    const written = await side.lock.exclusive(async () => {
      // What came before is not known to the end: whoever kept the headline of then reads it again.
      if (side.torn && side.own) side.own = { ...side.own, tail: new HeadlineTail() };
      side.torn = true;
      side.begun += 1n;
      const value = await work();
      side.done = side.begun;
      side.torn = false;
      if (side.doubt && areWithin(side.doubt.until, side.own?.watermark?.positions ?? [])) side.doubt = undefined;
      return value;
    });
    for (const listener of this.#listeners) listener(shop.shop);
    return written;
  }

  owns(shop: string): boolean {
    return this.#sides.get(`${shop} live`)?.own !== undefined;
  }

  onMoved(listener: (shop: string) => void): void {
    this.#listeners.push(listener);
  }

  added(shop: Shop, since: string): readonly Addition[] | undefined {
    return this.side(shop, 'live').own?.tail.since(BigInt(since));
  }

  /**
   * A refresher of this process says where a level stands: at its claim, and inside each write phase.
   * @param additions to the headline, when that is all that the step did to it
   */
  stands(shop: Shop, level: Level, watermark: Watermark | undefined, additions?: readonly Addition[]): void {
    const side = this.side(shop, level);
    const tail = side.own?.tail ?? new HeadlineTail();
    tail.add(watermark?.generation ?? 0n, additions);
    side.own = { watermark, tail };
  }

  /**
   * Tables of a level may be of several places: a process died that may have been writing them, or they are exchanged. Answers say
   * `partial` until a write phase has gone through.
   * @param until how far whoever died may have come: the level has to have passed that
   */
  doubts(shop: Shop, level: Level, until: readonly Position[] = []): void {
    this.side(shop, level).doubt ??= { until };
  }

  /** Whether the last write phase of this process on a level failed half-way: the next one that goes through mends it. */
  isTorn(shop: Shop, level: Level): boolean {
    return this.side(shop, level).torn;
  }

  /** Another process refreshes the shop from now on: reads ask the store again. */
  leaves(shop: Shop): void {
    for (const level of ['live', 'settled'] as const) {
      const side = this.side(shop, level);
      // What this one left half done is known to the store, too.
      [side.own, side.torn, side.doubt] = [undefined, false, undefined];
    }
  }

  /** The shop is no more: one that takes its name starts anew. */
  forget(shop: Shop): void {
    for (const level of ['live', 'settled']) this.#sides.delete(`${shop.shop} ${level}`);
  }

  private async standing(shop: Shop, level: Level): Promise<Standing> {
    const { own } = this.side(shop, level);
    if (own) return { watermark: own.watermark, moving: false };
    return this.watermarks.standing(shop, level).catch((error: unknown) => {
      throw whileMade(shop, error);
    });
  }

  /** What is known of the newest settling. Its beginning is asked for first, so one that is seen below it had begun before. */
  private async phase(shop: Shop): Promise<Phase> {
    const side = this.side(shop, 'settled');
    const live = this.side(shop, 'live').own;
    if (side.own && live) {
      const { begun, done, doubt } = side;
      return { begun, moving: begun !== done, doubtful: doubt !== undefined, settled: side.own.watermark, live: live.watermark };
    }
    try {
      const begun = await this.watermarks.begun(shop, 'settled');
      const [settled, stands] = await Promise.all([this.watermarks.read(shop), this.watermarks.read(shop, 'live')]);
      const moving = begun > (settled?.generation ?? 0n);
      // Its refresher settles up to where its own live level stands. One that took over may have begun behind that.
      const doubtful = moving && claimOf(begun) !== claimOf(stands?.generation ?? 0n);
      return { begun, moving, doubtful, settled, live: stands };
    } catch (error) {
      throw whileMade(shop, error);
    }
  }

  private side(shop: Shop, level: Level): Side {
    const key = `${shop.shop} ${level}`;
    let side = this.#sides.get(key);
    if (!side) this.#sides.set(key, (side = newSide()));
    return side;
  }
}

/** ClickHouse's UNKNOWN_TABLE and UNKNOWN_DATABASE. */
const notThere: readonly (number | undefined)[] = [60, 81];

/** What to say of a fault: a shop is known before its tables are there, and who asks for its figures meanwhile has done nothing wrong. */
export function whileMade(shop: Shop, error: unknown): unknown {
  if (!(error instanceof ClickHouseFault) || !notThere.includes(error.engineCode)) return error;
  return new WarehouseError(
    'shop-not-ready',
    `${shop.shop} is being prepared: its tables are being made. Ask again in a moment; if that stays, see its alarms (GET /api/v1/pipeline).`,
  );
}

/** The newest settling that was begun, which may be over, and where the levels stood right after that was asked. */
interface Phase extends Ground {
  readonly begun: bigint;
  /** Whether it is not over. */
  readonly moving: boolean;
  /** Whether it may have gone beyond `live`. */
  readonly doubtful: boolean;
}

/**
 * Whether no settling moved anything, between two looks, that came behind the first one's `live`. A settling goes as far as the live level
 * stood when it began: so none did where none began, where the live level stands where it stood, or where the newest is over and says so.
 */
function leavesAlone(before: Phase, after: Phase): boolean {
  if (after.begun === before.begun) return true;
  // A rebuild claims the shop anew: its tables are of the same positions, but keys of one are not those of the other.
  if (after.doubtful || claimOf(after.settled?.generation ?? 0n) !== claimOf(before.settled?.generation ?? 0n)) return false;
  if (after.live && after.live.generation === before.live?.generation) return true;
  return !after.moving && areWithin(after.settled?.positions ?? [], before.live?.positions ?? []);
}

function newSide(): Side {
  return { lock: new SharedLock(), torn: false, doubt: undefined, begun: 0n, done: 0n, own: undefined };
}

/** One level of one shop. */
interface Side {
  readonly lock: SharedLock;
  /** Whether the last write phase failed half-way. */
  torn: boolean;
  /** Set while tables may be of several places and nobody knows how far they go: no farther than `until`, which has to be passed. */
  doubt: { readonly until: readonly Position[] } | undefined;
  /** Write phases of this process, and the newest of them that went through. */
  begun: bigint;
  done: bigint;
  /** The watermark that a refresher in this process wrote: nobody else moves it, so no read has to ask the store. */
  own: { readonly watermark: Watermark | undefined; readonly tail: HeadlineTail } | undefined;
}

/** A readers-writer lock, first come first served: a stream of readers cannot starve the writer, nor the other way round. */
class SharedLock {
  #readers = new Set<Promise<unknown>>();
  #writer: Promise<unknown> = Promise.resolve();

  async shared<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#writer.then(work);
    const settled = turn.then(noop, noop);
    this.#readers.add(settled);
    try {
      return await turn;
    } finally {
      this.#readers.delete(settled);
    }
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = Promise.all([this.#writer, ...this.#readers]).then(work);
    this.#writer = turn.then(noop, noop);
    return turn;
  }
}

function noop(): void {
  // Only the moment counts; the result goes to the caller.
}

function stampOf(watermark: Watermark | undefined): Stamp {
  return {
    generation: (watermark?.generation ?? 0n).toString(),
    clock: watermark?.clock?.toISOString() ?? null,
    watermark: Object.fromEntries(
      (watermark?.positions ?? []).map((each) => [`${each.topic}/${each.partition}`, `${each.epoch}:${each.next}`]),
    ),
    partial: false,
  };
}
