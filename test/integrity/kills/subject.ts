import type { ClickHouse } from '#clickhouse';
import type { Difference } from '#testing';

/** What is killed: work on a store in a directory of its own, the same for the same seed. */
export interface Subject {
  /** Brings a new store to where the work begins. */
  prepare(store: ClickHouse, seed: number): Promise<void>;
  /** The work, in the midst of which the process dies. */
  work(store: ClickHouse, seed: number): Promise<void>;
  /** Starts again, goes on to the end of the work, and compares what is there with what should be. */
  differences(store: ClickHouse, seed: number): Promise<Difference[]>;
}
