import type { IncomingBatch, IncomingMessage, Kept, PartitionBounds } from '#streaming';
import {
  isSandbox,
  type KeptMessage,
  type LedgerHead,
  type LedgerRepository,
  type LedgerRow,
  type LedgerTopic,
  type Shop,
} from '#warehouse';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Alarms } from '#alarms';
import { IngestionError } from '../ingestion.errors.js';
import { GroupCommit, type GroupCommitOptions, type RowSource } from './group-commit.js';
import { KnownTopics, type TruncationPolicy } from './known-topics.js';
import { epochRow, gapRow, ledgerRows } from './ledger-rows.js';

/** How long batches wait for one another. */
export interface WriterWaits extends GroupCommitOptions {
  /** The next messages of a partition are fetched so much later while its batch waits: a fetch costs a millisecond, with one message too. */
  readonly fetchMs: number;
}

/** Where the refresher is busy or another process: an insert costs some ten milliseconds whatever its size. */
const usualWaits: WriterWaits = { patienceMs: 250, manyRows: 10_000, fetchMs: 5 };
/** Payload bytes that may wait in memory; beyond that nothing more is fetched. */
const mostWaiting = 8 * 1024 * 1024;
/** Messages judged in one go, some 5 ms. */
const atOnce = 200;

interface PartitionState extends RowSource {
  epoch: number;
  /** The offset after the last one taken. */
  next: bigint;
  /** What the first batch must begin with, unless it has: the last message that the ledger has. */
  last?: KeptMessage | undefined;
}

/** What was written: where the partition's ledger ends now, and counts for metrics. */
export interface WrittenBatch {
  readonly head: LedgerHead;
  readonly accepted: number;
  readonly rejected: ReadonlyMap<string, number>;
}

/** Whom the writer tells. */
export interface LedgerListener {
  /** The ledger was asked where a partition goes on: it may hold more than was told as written, after an insert whose end nobody learnt. */
  placed(): void;
  /** A batch waits for `flush`. */
  waiting(): void;
  written(batch: WrittenBatch): void;
}

/**
 * Turns Kafka batches of one shop into ledger rows. The ledger, not the consumer group, says where to go on: on assignment
 * the next offset is read from it, so what is durable is never read again and what is not durable is never skipped.
 */
export class LedgerWriter {
  readonly #partitions = new Map<string, PartitionState>();
  readonly #commits = new Map<LedgerTopic, GroupCommit<LedgerRow>>();
  #waitingBytes = 0;
  /** Ends when every batch that was taken is judged. */
  #judging: Promise<unknown> = Promise.resolve();
  readonly #topics: KnownTopics;

  constructor(
    private readonly shop: Shop,
    private readonly ledger: LedgerRepository,
    private readonly alarms: Alarms,
    policy: TruncationPolicy,
    private readonly listener: LedgerListener,
    private readonly waits: WriterWaits = usualWaits,
  ) {
    this.#topics = new KnownTopics(shop, alarms, policy);
  }

  /**
   * The resume rule.
   * @returns the offset to fetch first: that of the last message the ledger has, which is compared and not taken again; where the broker
   * does not have it any more, the next one
   * @throws {IngestionError} `ledger-ahead` when the broker ends below the ledger and the policy is to halt
   */
  async startAt(topic: LedgerTopic, partition: number, bounds: PartitionBounds): Promise<bigint> {
    const place = `${topic}/${partition}`;
    // A batch that was handed over may still wait for its turn.
    await this.#judging;
    await this.commitOf(topic).flush();
    const head = await this.ledger.head(this.shop, topic, partition);
    const state: PartitionState = { epoch: head?.epoch ?? 1, next: head?.next ?? 0n };
    const isAhead = state.next > bounds.end;
    const what = isAhead ? `ends at ${bounds.end}, the ledger already holds up to ${state.next}` : this.#topics.otherwise(place);
    if (what !== undefined && this.#topics.mayGoOn(place)) {
      state.epoch += 1;
      state.next = 0n;
      await this.ledger.append(this.shop, topic, [epochRow(topic, partition, state.epoch, new Date())]);
      this.#topics.begins(place, state.epoch, what);
    } else if (isAhead) throw this.#topics.halted(place, what ?? '');
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
    this.listener.placed();
    // At the beginning there is nothing to compare. No topic feeds a sandbox: its messages are made anew each time.
    if (state.next === 0n || isSandbox(this.shop)) return state.next;
    const last = await this.ledger.lastMessage(this.shop, topic, partition, state.epoch);
    if (!last || last.offset < bounds.start) return state.next;
    state.last = last;
    return last.offset;
  }

  /**
   * Takes one batch, to be written within one block, with what other partitions of the topic brought meanwhile. Returns when the next
   * one may come.
   * @returns with `durable`, which rejects when nothing of the batch is: then `startAt` has to be asked again
   * @throws when rows of the partition were lost since `startAt`; {IngestionError} `ledger-ahead` when the first batch does not begin with
   * what the ledger ends with. Both go to `startAt` again
   */
  async write(topic: LedgerTopic, batch: IncomingBatch): Promise<Kept> {
    const state = this.#partitions.get(`${topic}/${batch.partition}`);
    if (!state)
      throw new IngestionError('shop-not-ready', `A batch of ${batch.topic}/${batch.partition} came before its partition was assigned.`);
    if (state.lost !== undefined) throw state.lost;
    this.compare(`${topic}/${batch.partition}`, state, batch.messages[0]);
    const durable = this.keep(topic, batch, state);
    // Whoever takes the batch hears of it; meanwhile it is nobody's yet.
    durable.catch(() => undefined);
    await (this.#waitingBytes > mostWaiting ? durable : Promise.race([durable, sleep(this.waits.fetchMs)]));
    return { durable };
  }

  /** Judges a batch after those that came before it, while the next one is fetched, and keeps its rows until they are durable. */
  private async keep(topic: LedgerTopic, batch: IncomingBatch, state: PartitionState): Promise<void> {
    const bytes = batch.messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    this.#waitingBytes += bytes;
    try {
      const judging = this.#judging.then(() => this.judge(topic, batch, state));
      this.#judging = judging.catch(() => undefined);
      const kept = await judging;
      if (!kept) return;
      await kept.durable;
      this.listener.written(writtenOf({ topic, partition: batch.partition, epoch: state.epoch, next: kept.next }, kept.rows));
    } finally {
      this.#waitingBytes -= bytes;
    }
  }

  /** @returns the rows, where the partition's ledger ends behind them, and when they are durable; undefined where all were there before */
  private async judge(
    topic: LedgerTopic,
    batch: IncomingBatch,
    state: PartitionState,
  ): Promise<{ rows: readonly LedgerRow[]; next: bigint; durable: Promise<void> } | undefined> {
    // What comes after a batch that was lost would stand behind a hole.
    if (state.lost !== undefined) throw state.lost;
    const rows = await this.rowsOf(topic, batch, state).catch(async (error: unknown) => {
      // What came before it is whole.
      await this.commitOf(topic).flush();
      state.lost = error instanceof Error ? error : new Error(String(error));
      throw state.lost;
    });
    const last = rows[rows.length - 1]?.envelope;
    if (!last) return undefined;
    state.next = last.offset + 1n;
    const durable = this.commitOf(topic).add(state, rows);
    // Awaited outside of the turn.
    durable.catch(() => undefined);
    this.listener.waiting();
    return { rows, next: state.next, durable };
  }

  /** Rows of a batch, a few milliseconds at a time: whoever waits for an answer of the store need not wait for all of it. */
  private async rowsOf(topic: LedgerTopic, { partition, messages }: IncomingBatch, { epoch, next }: PartitionState): Promise<LedgerRow[]> {
    const rows: LedgerRow[] = [];
    const now = new Date();
    for (let start = 0; start < messages.length; start += atOnce) {
      if (start > 0) await setImmediate();
      const from = rows[rows.length - 1];
      const expected = from ? from.envelope.offset + 1n : next;
      rows.push(...ledgerRows(this.shop, topic, partition, epoch, expected, messages.slice(start, start + atOnce), now));
    }
    return rows;
  }

  /** The first batch after `startAt`: does it begin with what the ledger ends with? */
  private compare(place: string, state: PartitionState, first: IncomingMessage | undefined): void {
    if (!state.last || !first) return;
    try {
      this.#topics.compare(place, state.last, first);
      delete state.last;
    } catch (error) {
      state.lost = error as IngestionError;
      throw error;
    }
  }

  /** A partition that halted because the broker does not hold what the ledger took goes on from the broker's start, in a new epoch. */
  accept(topic: LedgerTopic, partition: number): void {
    this.#topics.accept(`${topic}/${partition}`);
  }

  /** Writes the batches that wait. Resolves when all of them have ended, well or not. */
  async flush(): Promise<void> {
    await this.#judging;
    await Promise.all([...this.#commits.values()].map((commit) => commit.flush()));
  }

  private commitOf(topic: LedgerTopic): GroupCommit<LedgerRow> {
    let commit = this.#commits.get(topic);
    if (!commit) this.#commits.set(topic, (commit = new GroupCommit((rows) => this.ledger.append(this.shop, topic, rows), this.waits)));
    return commit;
  }
}

function writtenOf(place: Omit<LedgerHead, 'rows' | 'recorded'>, rows: readonly LedgerRow[]): WrittenBatch {
  const rejected = new Map<string, number>();
  let [accepted, recorded] = [0, null as string | null];
  for (const { envelope } of rows) {
    if (envelope.verdict === 'rejected') rejected.set(envelope.reason, (rejected.get(envelope.reason) ?? 0) + 1);
    if (envelope.verdict !== 'accepted') continue;
    accepted += 1;
    if (recorded === null || envelope.recordedTime > recorded) recorded = envelope.recordedTime;
  }
  return { head: { ...place, rows: rows.length, recorded }, accepted, rejected };
}
