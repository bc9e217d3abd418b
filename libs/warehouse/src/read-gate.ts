import type { Shop } from './shop.js';
import type { Watermark, WatermarkRepository } from './watermark.repository.js';

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

/** Several statements inside one `read` see one generation. */
export interface ReadGate {
  read<T>(shop: Shop, work: (stamp: Stamp) => Promise<T>): Promise<{ value: T; stamp: Stamp }>;
}

/**
 * Readers share; the refresher's write phase is alone. Within one process this is a lock; where the refresher runs in
 * another process the generation is read again afterwards, and the work repeated when it moved.
 */
export class ShopGate implements ReadGate {
  readonly #locks = new Map<string, SharedLock>();
  /** Watermarks that a refresher in this process wrote: nobody else moves them, so no read has to ask the store. */
  readonly #own = new Map<string, Watermark | undefined>();

  constructor(private readonly watermarks: WatermarkRepository) {}

  async read<T>(shop: Shop, work: (stamp: Stamp) => Promise<T>): Promise<{ value: T; stamp: Stamp }> {
    const attempts = 3;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.lock(shop).shared(async () => {
        const stamp = stampOf(await this.watermark(shop));
        const value = await work(stamp);
        const after = stampOf(await this.watermark(shop));
        return { value, stamp, moved: after.generation !== stamp.generation };
      });
      if (!answer.moved) return { value: answer.value, stamp: answer.stamp };
      if (attempt === attempts) return { value: answer.value, stamp: { ...answer.stamp, partial: true } };
    }
  }

  /** The write phase of a refresh: waits for readers, keeps new ones out until it is through. */
  write<T>(shop: Shop, work: () => Promise<T>): Promise<T> {
    return this.lock(shop).exclusive(work);
  }

  /** A refresher of this process says where the shop stands: at its claim, and inside each write phase. */
  stands(shop: Shop, watermark: Watermark | undefined): void {
    this.#own.set(shop.shop, watermark);
  }

  private async watermark(shop: Shop): Promise<Watermark | undefined> {
    return this.#own.has(shop.shop) ? this.#own.get(shop.shop) : this.watermarks.read(shop);
  }

  private lock(shop: Shop): SharedLock {
    let lock = this.#locks.get(shop.shop);
    if (!lock) this.#locks.set(shop.shop, (lock = new SharedLock()));
    return lock;
  }
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
