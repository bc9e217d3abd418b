import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Assignment, placeOf } from './assignment.js';
import { backoff, type Place } from './consumer-place.js';
import { isUnknownCompression, unreachable } from './kafka-errors.js';
import { StreamingError } from './streaming.errors.js';
import type { ConsumerState, ConsumeSpec, IncomingMessage, PartitionBounds, RunningConsumer, StreamingLogger } from './streaming.js';

export interface ConsumerTuning {
  /** How long the group waits for a silent member; after a kill, the next start waits this long at most. */
  readonly sessionTimeoutMs: number;
  /** Lag without progress for this long means the client is stuck: it is thrown away and rebuilt. */
  readonly stallMs: number;
}

export interface ConsumerParts {
  readonly kafka: Kafka;
  readonly brokers: readonly string[];
  readonly spec: ConsumeSpec;
  readonly tuning: ConsumerTuning;
  readonly bounds: (topics: readonly string[]) => Promise<PartitionBounds[]>;
  readonly logger: StreamingLogger;
  readonly onStop: (consumer: KafkaConsumer) => void;
}

const probeIntervalMs = 1_000;
/** As `stallMs`, when the broker has just come back: a connection of before may be one through which nothing comes any more. */
const stallOnReturnMs = 5_000;
const commitIntervalMs = 5_000;
/** A client that does not let go within this is left to itself: nothing it fetches is handed on. */
const disconnectMs = 5_000;

/** A batch consumer whose position comes from its owner, not from the group. Says how it is, and never gives up. */
export class KafkaConsumer implements RunningConsumer {
  #state: ConsumerState = 'starting';
  #consumer: Consumer | undefined;
  #assignment: Assignment | undefined;
  /** What keeps the client as a whole from going on, until it has made progress again. */
  #crash: unknown;
  #away = false;
  #stopped: Promise<void> | undefined;
  /** Settles when no assignment that was given up has a batch under way. */
  #leaving: Promise<unknown> = Promise.resolve();
  #watching: Promise<void> = Promise.resolve();
  #rebuilding: Promise<void> | undefined;
  /** Rebuilds in a row without a batch taken. */
  #rebuilds = 0;
  #leftAt = performance.now();
  #returnedAt = -Infinity;
  #committedAt = performance.now();
  #committed = new Map<string, bigint>();
  readonly #stop = new AbortController();

  constructor(private readonly parts: ConsumerParts) {}

  get state(): ConsumerState {
    return this.#state;
  }

  /** @throws {StreamingError} `broker-unreachable`; later absences of the broker are states, not errors */
  async start(): Promise<void> {
    try {
      await this.connect();
    } catch (error) {
      await this.disconnect();
      throw unreachable(this.parts.brokers, error);
    }
    this.#watching = this.watch();
  }

  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      this.#stop.abort();
      await this.#watching;
      await this.#rebuilding;
      const assignment = this.#assignment;
      assignment?.end();
      await assignment?.idle();
      await this.commit(assignment);
      await this.disconnect();
      this.parts.onStop(this);
      this.update();
    })();
    return this.#stopped;
  }

  private async connect(): Promise<void> {
    const { kafka, spec, tuning, logger } = this.parts;
    const consumer = kafka.consumer({
      groupId: spec.alone ? `${spec.groupId}.${randomUUID()}` : spec.groupId,
      sessionTimeout: tuning.sessionTimeoutMs,
      heartbeatInterval: Math.floor(tuning.sessionTimeoutMs / 4),
      rebalanceTimeout: 30_000,
      // A message is handed out as soon as it is there. But what was paused or sought anew waits for the end of a fetch: with 250 a kill was
      // recovered from half a second later, though an empty shop cost a third less.
      maxWaitTimeInMs: 50,
      minBytes: 1,
      // Bounds what waits in memory; a single message may be larger, the broker hands it out all the same.
      // What one fetch brings is decoded in one go. It has room for four partitions: a broker fills it in their order, and the last one of a
      // topic would come only once the others are worked off.
      maxBytesPerPartition: 512 * 1024,
      maxBytes: 2 * 1024 * 1024,
      allowAutoTopicCreation: false,
      retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: () => Promise.resolve(!this.isStopping) },
    });
    this.#consumer = consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.joined(consumer, payload.memberAssignment));
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      // Null where the fetch held only messages below the offset that was asked for.
      const first = payload.firstOffset as string | null;
      if (payload.batchSize > 0 || first === null || consumer !== this.#consumer) return;
      this.#assignment?.passOver(payload, BigInt(first), BigInt(payload.lastOffset));
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (consumer !== this.#consumer || this.isStopping) return;
      logger.warn({ group: spec.groupId, error: payload.error.message, restart: payload.restart }, 'consumer crashed');
      this.leave();
      if (!payload.restart) this.crashed(payload.error);
      this.update();
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [...spec.topics], fromBeginning: true });
    await consumer.run({
      // Commits are hints for lag tools: made beside the pipeline, so that one that fails does not stop it.
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 6,
      eachBatch: (payload) => this.handle(consumer, payload),
    });
  }

  /** Runs inside kafkajs' join, before the first fetch of the new assignment. */
  private joined(consumer: Consumer, assigned: Record<string, number[]>): void {
    if (consumer !== this.#consumer || this.isStopping) return;
    const former = this.#assignment;
    former?.end();
    const kafkaPartition = ({ topic, partition }: { topic: string; partition: number }) => [{ topic, partitions: [partition] }];
    const all = Object.entries(assigned).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })));
    this.parts.spec.onAssigned?.(all);
    this.#assignment = new Assignment(all, {
      spec: this.parts.spec,
      steering: {
        seek: ({ topic, partition }, offset) => consumer.seek({ topic, partition, offset: offset.toString() }),
        pause: (partition) => consumer.pause(kafkaPartition(partition)),
        resume: (partition) => consumer.resume(kafkaPartition(partition)),
      },
      bounds: this.parts.bounds,
      logger: this.parts.logger,
      changed: (error) => this.update(error),
    });
    this.#assignment.begin(Promise.all([former?.idle(), this.#leaving]));
    this.update();
  }

  private async handle(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const assignment = this.#assignment;
    if (!assignment || consumer !== this.#consumer || !payload.isRunning() || payload.isStale()) return;
    // A long insert must not cost the membership: the heartbeat goes on beside it. What it says counts after the batch.
    let lost: { readonly error: unknown } | undefined;
    const beat = setInterval(
      () => void payload.heartbeat().catch((error: unknown) => (lost ??= { error })),
      this.parts.tuning.sessionTimeoutMs / 4,
    );
    try {
      // kafkajs has it on every batch, its types do not say so.
      const from = BigInt((batch as unknown as { fetchedOffset: string }).fetchedOffset);
      const taken = await assignment.take(
        { topic: batch.topic, partition: batch.partition },
        { from, last: BigInt(batch.lastOffset()) },
        batch.messages.map(incoming),
      );
      if (taken) {
        payload.resolveOffset(batch.lastOffset());
        this.#rebuilds = 0;
        // That one topic comes on says nothing of another one that is missing.
        if (this.#crash !== undefined && !isMissingTopic(this.#crash)) {
          this.#crash = undefined;
          this.update();
        }
      }
    } finally {
      clearInterval(beat);
    }
    if (lost) throw lost.error;
    await payload.heartbeat();
  }

  private async watch(): Promise<void> {
    while (!this.isStopping) {
      await sleep(probeIntervalMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      if (this.isStopping) return;
      await this.probe();
    }
  }

  /** Sees whether the broker answers, whether it holds what comes next, and whether there is lag without progress. */
  private async probe(): Promise<void> {
    const assignment = this.#assignment;
    const before = assignment?.positions() ?? new Map<string, Place>();
    let bounds: PartitionBounds[];
    try {
      bounds = await this.parts.bounds(this.parts.spec.topics);
    } catch (error) {
      if (!this.isStopping) this.unanswered(error);
      return;
    }
    const returned = this.#away;
    if (isMissingTopic(this.#crash)) this.#crash = undefined;
    if (this.#away) {
      this.#away = false;
      this.#leftAt = this.#returnedAt = performance.now();
    }
    if (assignment && assignment === this.#assignment) {
      if (assignment.review(before, bounds, this.stallMs)) this.rebuild('there is lag and no progress');
      else if (returned) assignment.askAgain('the broker is back');
      else if (bounds.every((bound) => bound.end === (before.get(placeOf(bound))?.expected ?? bound.end))) this.#crash = undefined;
      if (performance.now() - this.#committedAt >= commitIntervalMs) void this.commit(assignment);
    } else if (!assignment && performance.now() - this.#leftAt >= this.parts.tuning.stallMs) {
      this.rebuild('it did not come back into its group');
    }
    this.update();
  }

  private get stallMs(): number {
    const { stallMs } = this.parts.tuning;
    return performance.now() - this.#returnedAt < stallMs ? Math.min(stallOnReturnMs, stallMs) : stallMs;
  }

  private unanswered(error: unknown): void {
    const known = this.#away || isMissingTopic(this.#crash);
    if (isMissingTopic(error)) {
      // At once, not when it is there again: what is fetched by then would be of another topic.
      if (!known) this.#assignment?.askAgain('a topic is missing');
      this.#away = false;
      this.#crash = error;
    } else {
      this.#away = true;
    }
    this.update(known ? undefined : error);
  }

  /** Tells the group how far this member is. Nothing rests on it. */
  private async commit(assignment: Assignment | undefined): Promise<void> {
    this.#committedAt = performance.now();
    if (this.parts.spec.alone) return;
    const moved = [...(assignment?.positions() ?? [])].filter(([key, place]) => this.#committed.get(key) !== place.expected);
    if (moved.length === 0) return;
    const offsets = moved.map(([, { topic, partition, expected }]) => ({ topic, partition, offset: expected.toString() }));
    const committed = this.#consumer?.commitOffsets(offsets).then(
      () => moved.forEach(([key, place]) => this.#committed.set(key, place.expected)),
      (error: unknown) =>
        this.parts.logger.debug({ group: this.parts.spec.groupId, error: String(error) }, 'position not told to the group'),
    );
    await Promise.race([committed, sleep(2_000, undefined, { ref: false })]);
  }

  private crashed(error: unknown): void {
    this.#crash = isUnknownCompression(error)
      ? new StreamingError(
          'compression-unsupported',
          `A topic of ${this.parts.spec.topics.join(', ')} holds messages compressed by other than gzip, which cannot be read. Set compression.type=uncompressed (or gzip) on it and in its producers, and send those messages again.`,
          { cause: error },
        )
      : error;
    this.update(this.#crash);
    this.rebuild('it crashed for good');
  }

  private rebuild(why: string): void {
    if (this.isStopping || this.#rebuilding) return;
    const { logger, spec } = this.parts;
    logger.warn({ group: spec.groupId }, `consumer is rebuilt: ${why}`);
    this.#rebuilding = (async () => {
      while (!this.isStopping) {
        this.leave();
        await this.disconnect();
        if (this.#rebuilds > 0) await sleep(backoff(this.#rebuilds), undefined, { signal: this.#stop.signal }).catch(() => undefined);
        this.#rebuilds += 1;
        try {
          await this.connect();
          return;
        } catch (error) {
          logger.debug({ group: spec.groupId, error: String(error) }, 'consumer could not connect, it is tried again');
        }
      }
    })().finally(() => {
      this.#rebuilding = undefined;
      this.#leftAt = performance.now();
    });
  }

  private leave(): void {
    if (!this.#assignment) return;
    this.#assignment.end();
    this.#leaving = Promise.all([this.#leaving, this.#assignment.idle()]);
    this.#assignment = undefined;
    this.#leftAt = performance.now();
    this.update();
  }

  private async disconnect(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    if (!consumer) return;
    const gone = consumer
      .disconnect()
      .catch((error: unknown) => this.parts.logger.debug({ error: String(error) }, 'consumer did not leave cleanly'));
    await Promise.race([gone, sleep(disconnectMs, undefined, { ref: false })]);
  }

  private get isStopping(): boolean {
    return this.#stop.signal.aborted;
  }

  private current(): ConsumerState {
    if (this.isStopping) return 'stopped';
    if (this.#away) return 'broker-away';
    if (this.#crash !== undefined || this.#assignment?.troubled) return 'retrying';
    return this.#assignment?.positioned ? 'running' : 'starting';
  }

  /** Reports a state when it changed, and every error. */
  private update(error?: unknown): void {
    const state = this.current();
    if (this.#state === state && error === undefined) return;
    this.#state = state;
    this.parts.spec.onState(state, error);
  }
}

function isMissingTopic(error: unknown): boolean {
  return error instanceof StreamingError && error.code === 'topic-missing';
}

function incoming({ offset, key, value, timestamp }: EachBatchPayload['batch']['messages'][number]): IncomingMessage {
  return { offset: BigInt(offset), key, value, timestamp: new Date(Number(timestamp)) };
}
