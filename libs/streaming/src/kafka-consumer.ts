import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerState, ConsumeSpec, PartitionBounds, RunningConsumer, StreamingLogger } from './streaming.js';

export interface ConsumerTuning {
  /** How long the group waits for a silent member; after a kill, the next start waits this long at most. */
  readonly sessionTimeoutMs: number;
  /** Lag without progress for this long means the client is stuck: it is thrown away and rebuilt. */
  readonly stallMs: number;
}

const probeIntervalMs = 2_000;
const backoffMs = [100, 250, 500, 1_000, 2_000, 5_000] as const;

/**
 * A batch consumer whose position comes from its owner, not from the group. kafkajs applies a seek lazily, so a batch that
 * was fetched from another offset than the expected one is dropped and fetched again: order is never broken.
 */
export class KafkaConsumer implements RunningConsumer {
  #state: ConsumerState = 'starting';
  #consumer: Consumer | undefined;
  /** Next offset per `topic/partition`; absent until its owner was asked. */
  readonly #expected = new Map<string, bigint>();
  /** Offsets that were asked for again because a fetch came from elsewhere. */
  readonly #sought = new Map<string, bigint>();
  #positioned: Promise<void> = Promise.resolve();
  #stopping = false;
  #busy = 0;
  #progressAt = performance.now();
  #watchdog: NodeJS.Timeout | undefined;
  #rebuilding: Promise<void> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly spec: ConsumeSpec,
    private readonly tuning: ConsumerTuning,
    private readonly bounds: (topics: readonly string[]) => Promise<PartitionBounds[]>,
    private readonly logger: StreamingLogger,
  ) {}

  get state(): ConsumerState {
    return this.#state;
  }

  async start(): Promise<void> {
    await this.connect();
    const watch = (): void => {
      this.#watchdog = setTimeout(() => void this.probe().finally(() => (this.#stopping ? undefined : watch())), probeIntervalMs);
    };
    watch();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#watchdog);
    await this.#rebuilding;
    await this.disconnect();
    this.report('stopped');
  }

  private async connect(): Promise<void> {
    const consumer = this.kafka.consumer({
      groupId: this.spec.groupId,
      sessionTimeout: this.tuning.sessionTimeoutMs,
      heartbeatInterval: Math.floor(this.tuning.sessionTimeoutMs / 4),
      rebalanceTimeout: 30_000,
      maxWaitTimeInMs: 50,
      minBytes: 1,
      maxBytesPerPartition: 4 * 1024 * 1024,
      maxBytes: 16 * 1024 * 1024,
      allowAutoTopicCreation: false,
      retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: () => Promise.resolve(!this.#stopping) },
    });
    this.#consumer = consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.#expected.clear();
      this.#sought.clear();
      this.#positioned = this.position(consumer, payload.memberAssignment);
      // Batches wait for it; here it only must not count as unhandled.
      this.#positioned.catch(() => undefined);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      this.logger.warn({ group: this.spec.groupId, error: payload.error.message, restart: payload.restart }, 'consumer crashed');
      if (!payload.restart) this.rebuild('it crashed for good');
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.spec.topics], fromBeginning: true });
    await consumer.run({
      eachBatchAutoResolve: false,
      // Commits are a hint for lag tools; the owner's own record is what counts.
      autoCommitInterval: 5_000,
      partitionsConsumedConcurrently: 3,
      eachBatch: (payload) => this.handle(consumer, payload),
    });
    this.report('running');
  }

  /** Asks the owner where each assigned partition goes on, and seeks there. Tried until it succeeds. */
  private async position(consumer: Consumer, assignment: Record<string, number[]>): Promise<void> {
    for (let attempt = 0; !this.#stopping && consumer === this.#consumer; attempt += 1) {
      try {
        const bounds = await this.bounds(Object.keys(assignment));
        for (const bound of bounds) {
          if (!assignment[bound.topic]?.includes(bound.partition)) continue;
          const offset = await this.spec.startAt(bound.topic, bound.partition, bound);
          this.#expected.set(placeOf(bound), offset);
          consumer.seek({ topic: bound.topic, partition: bound.partition, offset: offset.toString() });
        }
        this.#progressAt = performance.now();
        this.report('running');
        return;
      } catch (error) {
        this.report('retrying', error);
        await sleep(backoff(attempt));
      }
    }
  }

  private async handle(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const gone = (): boolean => !payload.isRunning() || payload.isStale() || this.#stopping || consumer !== this.#consumer;
    const place = placeOf(batch);
    this.#busy += 1;
    // A long insert must not cost the membership: the heartbeat goes on beside it.
    const beat = setInterval(() => void payload.heartbeat().catch(() => undefined), this.tuning.sessionTimeoutMs / 4);
    try {
      await this.#positioned;
      const expected = this.#expected.get(place);
      if (expected === undefined || gone()) return;
      // kafkajs has it on every batch, its types do not say so.
      const fetched = BigInt((batch as unknown as { fetchedOffset: string }).fetchedOffset);
      // After a second fetch from above, the broker has nothing between: control records end a batch so.
      if (fetched !== expected && !(fetched > expected && this.#sought.get(place) === expected)) {
        this.#sought.set(place, expected);
        consumer.seek({ topic: batch.topic, partition: batch.partition, offset: expected.toString() });
        return;
      }
      const messages = batch.messages
        .map(({ offset, key, value, timestamp }) => ({ offset: BigInt(offset), key, value, timestamp: new Date(Number(timestamp)) }))
        .filter((message) => message.offset >= expected);
      const last = messages[messages.length - 1];
      if (last) {
        await this.deliver({ topic: batch.topic, partition: batch.partition, messages }, gone);
        if (gone()) return;
        this.#expected.set(place, last.offset + 1n);
      }
      payload.resolveOffset(batch.lastOffset());
      this.#progressAt = performance.now();
      await payload.heartbeat();
    } finally {
      clearInterval(beat);
      this.#busy -= 1;
    }
  }

  /** Hands a batch over until it is taken. Nothing is skipped: a batch that cannot be written stops its partition, aloud. */
  private async deliver(batch: Parameters<ConsumeSpec['onBatch']>[0], gone: () => boolean): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.spec.onBatch(batch);
        if (attempt > 0) this.report('running');
        return;
      } catch (error) {
        this.report('retrying', error);
        this.logger.warn({ topic: batch.topic, partition: batch.partition, error: String(error) }, 'batch not taken, it comes again');
        await sleep(backoff(attempt));
        if (gone()) return;
      }
    }
  }

  /** Sees whether the broker answers, and whether there is lag without progress. */
  private async probe(): Promise<void> {
    try {
      const bounds = await this.bounds(this.spec.topics);
      if (this.#state === 'broker-away') {
        this.#progressAt = performance.now();
        this.report('running');
      }
      const behind = bounds.some((bound) => bound.end > (this.#expected.get(placeOf(bound)) ?? bound.end));
      if (!behind || this.#busy > 0) this.#progressAt = performance.now();
      else if (performance.now() - this.#progressAt > this.tuning.stallMs) this.rebuild('there is lag and no progress');
    } catch (error) {
      if (!this.#stopping) this.report('broker-away', error);
    }
  }

  private rebuild(why: string): void {
    if (this.#stopping || this.#rebuilding) return;
    this.logger.warn({ group: this.spec.groupId }, `consumer is rebuilt: ${why}`);
    this.#rebuilding = (async () => {
      for (let attempt = 0; !this.#stopping; attempt += 1) {
        try {
          await this.disconnect();
          await this.connect();
          this.#progressAt = performance.now();
          return;
        } catch (error) {
          this.report('broker-away', error);
          await sleep(backoff(attempt));
        }
      }
    })().finally(() => (this.#rebuilding = undefined));
  }

  private async disconnect(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    await consumer?.disconnect().catch((error: unknown) => this.logger.debug({ error: String(error) }, 'consumer did not leave cleanly'));
  }

  private report(state: ConsumerState, error?: unknown): void {
    if (this.#state === 'stopped' || (this.#state === state && error === undefined)) return;
    this.#state = state;
    this.spec.onState(state, error);
  }
}

function backoff(attempt: number): number {
  return backoffMs[Math.min(attempt, backoffMs.length - 1)] ?? 5_000;
}

function placeOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}
