import type { LedgerHead, Position } from '#warehouse';
import { placeOf } from './positions.js';

/** What the writer of this process told of and no step has taken: batches of each partition, in their order. */
export class Told {
  readonly #batches = new Map<string, LedgerHead[]>();

  #size = 0;

  /** Batches that wait. */
  get size(): number {
    return this.#size;
  }

  /** Whether any of it lies beyond positions: a step that asked the ledger may have taken it. */
  goesBeyond(positions: readonly Position[]): boolean {
    return [...this.#batches].some(([place, batches]) => {
      const standing = positions.find((each) => placeOf(each) === place);
      return batches.some(({ epoch, next }) => !standing || epoch !== standing.epoch || next > standing.next);
    });
  }

  /** @param batch its rows, and where the partition's ledger ends behind them */
  add(batch: LedgerHead): void {
    const place = placeOf(batch);
    const batches = this.#batches.get(place);
    if (batches) batches.push(batch);
    else this.#batches.set(place, [batch]);
    this.#size += 1;
  }

  clear(): void {
    this.#batches.clear();
    this.#size = 0;
  }

  /**
   * Takes what the next step takes: of each partition whole batches, so that nobody need ask the ledger how many rows lie up to its end, or
   * what the last one recorded.
   * @param from what was taken before
   * @param rowCap rows of a partition at most, unless its first batch has more
   * @returns undefined where one partition entered a new epoch: the rest of the former one is known to the ledger alone
   */
  take(from: readonly Position[], rowCap: number): LedgerHead[] | undefined {
    const heads: LedgerHead[] = [];
    for (const [place, batches] of this.#batches) {
      const standing = from.find((each) => placeOf(each) === place);
      const current = standing?.epoch ?? batches[0]?.epoch;
      if (batches.some(({ epoch }) => epoch !== current)) return undefined;
      let taken: LedgerHead | undefined;
      while (batches[0] && (!taken || taken.rows + batches[0].rows <= rowCap)) {
        const batch = batches.shift() as LedgerHead;
        this.#size -= 1;
        if (batch.next <= (standing?.next ?? -1n)) continue;
        taken = taken ? { ...batch, rows: taken.rows + batch.rows, recorded: later(taken.recorded, batch.recorded) } : batch;
      }
      if (batches.length === 0) this.#batches.delete(place);
      if (taken) heads.push(taken);
    }
    return heads;
  }
}

/** The later of two instants; null is none. */
export function later<T extends string | Date>(left: T | null, right: T | null): T | null {
  return left === null || (right !== null && right > left) ? right : left;
}
