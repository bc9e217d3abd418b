import { columnsOf } from '#clickhouse';
import { DirtyBuckets } from './dirty.js';
import type { Moment, Row } from './fold.js';

/**
 * What live steps leave for the next settling, in memory only: after a crash it is gathered from the ledger anew.
 */
export class Pending {
  /** Whether all that came were orders that nobody had heard of, each written to the facts once. */
  newOnly = true;
  readonly dirty = new DirtyBuckets();
  /** `2011-12-01 7`: month and customer key. */
  readonly customerMonths = new Set<string>();
  /** Tombstones of `facts_by_customer`. */
  readonly formerMoments: Row[] = [];
  /** Rows of `fact_returns_left_out`. */
  readonly leftOut: Row[] = [];

  /** Entries, for the bound on memory. */
  get size(): number {
    return this.dirty.size + this.customerMonths.size + this.formerMoments.length + this.leftOut.length;
  }

  addMoments(moments: readonly Moment[], generation: bigint): void {
    for (const moment of moments) this.formerMoments.push([...moment, generation, 1]);
  }

  clear(): void {
    this.newOnly = true;
    this.dirty.clear();
    this.customerMonths.clear();
    this.formerMoments.length = 0;
    this.leftOut.length = 0;
  }
}

/** Columns of `formerMoments`. */
export const momentColumns = columnsOf({
  month: 'Date',
  customer_key: 'UInt32',
  kind: 'String',
  document_id: 'String',
  line: 'UInt32',
  generation: 'UInt64',
  is_deleted: 'UInt8',
});
