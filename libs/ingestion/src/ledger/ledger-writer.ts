import type { IncomingBatch, PartitionBounds } from '#streaming';
import type { LedgerHead, LedgerRepository, LedgerRow, LedgerTopic, Shop } from '#warehouse';
import type { Alarms } from '../alarms.js';
import { IngestionError } from '../ingestion.errors.js';
import { GroupCommit } from './group-commit.js';
import { gapRow, ledgerRows } from './ledger-rows.js';

/** Shortest time between two inserts into one ledger table, in milliseconds. */
const commitMs = 40;

/** What to do when the broker's end lies below the ledger's: the topic was made anew, or the broker lost its tail. */
export type TruncationPolicy = 'new-epoch' | 'halt';

interface PartitionState {
  epoch: number;
  next: bigint;
}

/** What was written: where the partition's ledger ends now, and counts for metrics. */
export interface WrittenBatch {
  readonly head: LedgerHead;
  readonly accepted: number;
  readonly rejected: ReadonlyMap<string, number>;
  readonly rows: readonly LedgerRow[];
}

/**
 * Turns Kafka batches of one shop into ledger rows. The ledger, not the consumer group, says where to go on: on assignment
 * the next offset is read from it, so what is durable is never read again and what is not durable is never skipped.
 */
export class LedgerWriter {
  readonly #partitions = new Map<string, PartitionState>();
  readonly #commits = new Map<LedgerTopic, GroupCommit<LedgerRow>>();

  constructor(
    private readonly shop: Shop,
    private readonly ledger: LedgerRepository,
    private readonly alarms: Alarms,
    private readonly policy: TruncationPolicy,
    private readonly onWritten: (batch: WrittenBatch) => void,
  ) {}

  /**
   * The resume rule.
   * @returns the offset to fetch first
   * @throws {IngestionError} `ledger-ahead` when the broker lost messages and the policy is to halt
   */
  async startAt(topic: LedgerTopic, partition: number, bounds: PartitionBounds): Promise<bigint> {
    const place = `${topic}/${partition}`;
    const head = await this.ledger.head(this.shop, topic, partition);
    const state: PartitionState = { epoch: head?.epoch ?? 1, next: head?.next ?? 0n };
    if (state.next > bounds.end) {
      const what = `The broker's ${this.shop.shop}.${place} ends at ${bounds.end}, the ledger already holds up to ${state.next}: the topic was made anew or the broker lost its last messages.`;
      if (this.policy === 'halt') {
        const message = `${what} Check the cluster; to go on from the broker's start run: npm run -s cli -- topics accept --shop ${this.shop.shop}`;
        this.alarms.raise('ledger-ahead', this.shop.shop, place, message);
        throw new IngestionError('ledger-ahead', message);
      }
      state.epoch += 1;
      state.next = 0n;
      this.alarms.raise(
        'new-epoch',
        this.shop.shop,
        place,
        `${what} A new epoch (${state.epoch}) was opened; nothing the ledger holds is lost.`,
      );
    }
    if (state.next < bounds.start) {
      const missing = bounds.start - state.next;
      await this.ledger.append(this.shop, topic, [
        gapRow(topic, partition, state.epoch, state.next, missing, 'lost-by-retention', new Date()),
      ]);
      this.alarms.raise(
        'gap',
        this.shop.shop,
        place,
        `${missing} messages of ${this.shop.shop}.${place} from offset ${state.next} on were deleted from the broker before they were read. Send them again from their source; set retention.ms=-1.`,
      );
      state.next = bounds.start;
    }
    this.#partitions.set(place, state);
    return state.next;
  }

  /**
   * Writes one batch within one block, with what other partitions of the topic brought meanwhile. Returns when it is durable; throws
   * when it is not, and then nothing of it is.
   */
  async write(topic: LedgerTopic, batch: IncomingBatch): Promise<void> {
    const state = this.#partitions.get(`${topic}/${batch.partition}`);
    if (!state)
      throw new IngestionError('shop-not-ready', `A batch of ${batch.topic}/${batch.partition} came before its partition was assigned.`);
    const rows = ledgerRows(this.shop, topic, batch.partition, state.epoch, state.next, batch.messages, new Date());
    if (rows.length === 0) return;
    await this.commitOf(topic).add(rows);
    const last = rows[rows.length - 1]?.envelope;
    if (last) state.next = last.offset + 1n;
    const rejected = new Map<string, number>();
    let [accepted, recorded] = [0, null as string | null];
    for (const { envelope } of rows) {
      if (envelope.verdict === 'rejected') rejected.set(envelope.reason, (rejected.get(envelope.reason) ?? 0) + 1);
      if (envelope.verdict !== 'accepted') continue;
      accepted += 1;
      if (recorded === null || envelope.recordedTime > recorded) recorded = envelope.recordedTime;
    }
    const head = { topic, partition: batch.partition, epoch: state.epoch, next: state.next, rows: rows.length, recorded };
    this.onWritten({ head, accepted, rejected, rows });
  }

  private commitOf(topic: LedgerTopic): GroupCommit<LedgerRow> {
    let commit = this.#commits.get(topic);
    if (!commit) this.#commits.set(topic, (commit = new GroupCommit((rows) => this.ledger.append(this.shop, topic, rows), commitMs)));
    return commit;
  }
}
