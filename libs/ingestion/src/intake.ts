import type { ConsumerState, PartitionBounds, RunningConsumer } from '#streaming';
import type { Shop } from '#warehouse';
import type { LedgerWriter } from './ledger/ledger-writer.js';

/** Nest token of what feeds sandboxes. Absent: they keep what they have. */
export const SANDBOX_INTAKE = Symbol('SANDBOX_INTAKE');

/** Where messages go, and who is told. */
export interface IntakeFeed {
  readonly shop: Shop;
  readonly writer: LedgerWriter;
  /** Whether this process refreshes the shop. No group shares a sandbox's partitions: whoever refreshes it feeds it. */
  refreshes(): boolean;
  onState(state: ConsumerState, error?: unknown): void;
  /** It cannot go on, and why. */
  onBroken(why: string): void;
}

/** What brings the messages of shops that no topic feeds, through the writer that takes those of Kafka. */
export interface SandboxIntake {
  /** From now on. */
  open(feed: IntakeFeed): Pick<RunningConsumer, 'stop'>;
  /** Where each partition of the sandbox's ledger will end, under the name its topic would have. */
  bounds(shop: Shop): Promise<PartitionBounds[]>;
}
