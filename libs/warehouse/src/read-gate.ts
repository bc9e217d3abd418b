import { ClickHouseFault } from '#clickhouse';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** Several statements inside one `read` see one generation of a level: `live` for facts and the headline, else `settled`. */
export interface ReadGate {
  /** @throws {WarehouseError} `shop-not-ready` while the shop's tables are being made */
  read<T>(shop: Shop, work: (stamp: Stamp) => Promise<T>, level?: Level): Promise<{ value: T; stamp: Stamp }>;
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
        return moved && !late ? undefined : { value, stamp: { ...stamp, partial: moved || side.torn } };
      });
      if (answer) return answer;
      await sleep(lookAgainMs);
    }
  }

  /**
   * The write phase of a step: waits for the level's readers, keeps new ones out until it is through. One that failed may have moved
   * some tables and not others: answers say `partial` until it was done again.
   */
  async write<T>(shop: Shop, level: Level, work: () => Promise<T>): Promise<T> {
    const side = this.side(shop, level);
    const written = await side.lock.exclusive(async () => {
      side.torn = true;
      const value = await work();
      side.torn = false;
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

  /** A process that died may have been writing the level: answers say `partial` until a write phase has gone through. */
  doubts(shop: Shop, level: Level): void {
    this.side(shop, level).torn = true;
  }

  /** Another process refreshes the shop from now on: reads ask the store again. */
  leaves(shop: Shop): void {
    for (const level of ['live', 'settled'] as const) this.side(shop, level).own = undefined;
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

  private side(shop: Shop, level: Level): Side {
    const key = `${shop.shop} ${level}`;
    let side = this.#sides.get(key);
    if (!side) this.#sides.set(key, (side = { lock: new SharedLock(), torn: false, own: undefined }));
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

/** One level of one shop. */
interface Side {
  readonly lock: SharedLock;
  /** Whether the last write phase failed half-way, or may have. */
  torn: boolean;
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
