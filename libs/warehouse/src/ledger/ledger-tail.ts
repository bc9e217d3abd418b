import type { Shop } from '../shop.js';
import type { LedgerRow, LedgerTopic } from './ledger-tables.js';

/** Offsets of one partition of a ledger, `from` included, `to` not. */
export interface LedgerStretch {
  readonly topic: LedgerTopic;
  readonly partition: number;
  readonly epoch: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** Rows without a hole. */
interface Run {
  readonly epoch: number;
  first: bigint;
  readonly rows: LedgerRow[];
}

/**
 * The newest rows that this process itself appended: whoever wants just these need not read them back. What it has is what the store
 * has, for rows never change; what it has not must be read.
 */
export class LedgerTail {
  readonly #runs = new Map<string, Run>();

  /** @param kept rows kept of each partition, at least */
  constructor(private readonly kept = 1_000) {}

  /** To be told once the rows are durable. */
  add(shop: Shop, topic: LedgerTopic, rows: readonly LedgerRow[]): void {
    for (const row of rows) {
      const { partition, epoch, offset, missing } = row.envelope;
      const key = `${shop.database} ${topic}/${partition}`;
      let run = this.#runs.get(key);
      if (run?.epoch !== epoch || run.first + BigInt(run.rows.length) !== offset) {
        this.#runs.set(key, (run = { epoch, first: offset, rows: [] }));
      }
      run.rows.push(row);
      if (missing > 1) this.#runs.delete(key);
      if (run.rows.length > 2 * this.kept) run.first += BigInt(run.rows.splice(0, run.rows.length - this.kept).length);
    }
  }

  /** The shop is no more. */
  forget({ database }: Shop): void {
    for (const key of this.#runs.keys()) if (key.startsWith(`${database} `)) this.#runs.delete(key);
  }

  /** All rows of a stretch in their order, or undefined unless every one is here. */
  rows(shop: Shop, { topic, partition, epoch, from, to }: LedgerStretch): readonly LedgerRow[] | undefined {
    const run = this.#runs.get(`${shop.database} ${topic}/${partition}`);
    if (run?.epoch !== epoch || from < run.first || to > run.first + BigInt(run.rows.length)) return undefined;
    return run.rows.slice(Number(from - run.first), Number(to - run.first));
  }
}
