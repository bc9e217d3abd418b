import type { ClickHouse } from '#clickhouse';
import type { PartitionBounds } from '#streaming';
import type { LedgerRepository, Shop } from '#warehouse';
import type { Refresher } from '../refresh/refresher.js';

/** The shop whose figures are counted once more, and how to come to rest with whoever moves them. */
export interface RecountOf {
  readonly shop: Shop;
  /** On a lane where long statements stand in nobody's way. */
  readonly clickhouse: ClickHouse;
  readonly ledger: LedgerRepository;
  readonly refresher: Refresher;
  /** Runs work while both levels of figures stand at one place and nothing moves them. */
  atRest<T>(work: () => Promise<T>): Promise<T>;
  /** What the broker holds; undefined where none is up. */
  bounds(): Promise<readonly PartitionBounds[] | undefined>;
  readonly signal: AbortSignal;
}

/** Told how far it is. @param done ledger rows of the phase, @param of all */
export type Told = (phase: string, done: number, of: number) => void;
