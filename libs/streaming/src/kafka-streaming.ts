import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from './consumer-place.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { forwardTo, protocolError, unreachable } from './kafka-errors.js';
import { KafkaProducer } from './kafka-producer.js';
import { kafkaSocket } from './kafka-socket.js';
import { StreamingError } from './streaming.errors.js';
import type { ConsumeSpec, EventProducer, PartitionBounds, RunningConsumer, Streaming, StreamingLogger, TopicSpec } from './streaming.js';

// kafkajs is CommonJS: its values come through the default export.
const { Kafka: KafkaClient, logLevel } = kafkajs;

export interface StreamingOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: StreamingLogger;
  /** @default 15000 */
  readonly sessionTimeoutMs?: number;
  /** @default 30000 */
  readonly stallMs?: number;
  /** A request without an answer for this long has failed. @default 20000 */
  readonly requestTimeoutMs?: number;
  /** A connection that owes an answer for this long, and brings no byte of it, is given up and made anew. @default 10000 */
  readonly silentMs?: number;
}

/** Opens the seam on kafkajs. Connects lazily, at the first call that needs the broker. */
export function openStreaming(options: StreamingOptions): Streaming {
  const kafka = new KafkaClient({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: 3_000,
    requestTimeout: options.requestTimeoutMs ?? 20_000,
    socketFactory: kafkaSocket(options.silentMs ?? 10_000),
    retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.WARN,
    logCreator: forwardTo(options.logger),
  });
  return new KafkaStreaming(kafka, options);
}

/** A connected admin client and how many calls wait for it. */
interface OpenAdmin {
  readonly client: Admin;
  pending: number;
  retired: boolean;
}

class KafkaStreaming implements Streaming {
  #admin: Promise<OpenAdmin> | undefined;
  readonly #producers = new Set<KafkaProducer>();
  readonly #consumers = new Set<KafkaConsumer>();

  constructor(
    private readonly kafka: Kafka,
    private readonly options: StreamingOptions,
  ) {}

  get brokers(): readonly string[] {
    return this.options.brokers;
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    const names = specs.map((spec) => spec.topic);
    const existing = new Set(await this.ask(names, (admin) => admin.listTopics()));
    const missing = specs.filter((spec) => !existing.has(spec.topic));
    if (missing.length > 0) {
      const create = (admin: Admin): Promise<unknown> =>
        admin.createTopics({
          waitForLeaders: true,
          topics: missing.map((spec) => ({
            topic: spec.topic,
            numPartitions: spec.partitions,
            configEntries: Object.entries(spec.config).map(([name, value]) => ({ name, value })),
          })),
        });
      await this.ask(names, create, { patienceMs: createMs });
    }
    // A broker that has made a topic does not know it at once.
    const { topics } = await this.ask(names, (admin) => admin.fetchTopicMetadata({ topics: names }), { missingTries: leaderTries });
    for (const spec of specs) {
      const found = topics.find((topic) => topic.name === spec.topic)?.partitions.length ?? 0;
      if (found !== spec.partitions) {
        throw new StreamingError(
          'topic-differs',
          `Topic ${spec.topic} has ${found} partitions, ${spec.partitions} are needed: a key must never change its partition. Delete the topic (it is made again) or use another shop id.`,
        );
      }
    }
  }

  async deleteTopics(topics: readonly string[]): Promise<void> {
    const existing = new Set(await this.ask(topics, (admin) => admin.listTopics()));
    const there = topics.filter((topic) => existing.has(topic));
    if (there.length === 0) return;
    await this.ask(there, (admin) => admin.deleteTopics({ topics: there }), { patienceMs: createMs }).catch((error: unknown) => {
      // Somebody else deletes them too.
      if (!(error instanceof StreamingError) || error.code !== 'topic-missing') throw error;
    });
  }

  async bounds(topics: readonly string[]): Promise<PartitionBounds[]> {
    const perTopic = await this.ask(topics, (admin) =>
      Promise.all(
        topics.map(async (topic) =>
          (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
            topic,
            partition,
            start: BigInt(low),
            end: BigInt(high),
          })),
        ),
      ),
    );
    return perTopic.flat();
  }

  async producer(): Promise<EventProducer> {
    const producer = new KafkaProducer(this.kafka, this.brokers, (closed) => this.#producers.delete(closed));
    await producer.connect();
    this.#producers.add(producer);
    return producer;
  }

  async consume(spec: ConsumeSpec): Promise<RunningConsumer> {
    const consumer = new KafkaConsumer({
      kafka: this.kafka,
      brokers: this.brokers,
      spec,
      tuning: { sessionTimeoutMs: this.options.sessionTimeoutMs ?? 15_000, stallMs: this.options.stallMs ?? 30_000 },
      bounds: (topics) => this.bounds(topics),
      logger: this.options.logger,
      onStop: (stopped) => this.#consumers.delete(stopped),
    });
    await consumer.start();
    this.#consumers.add(consumer);
    return consumer;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    await Promise.all([...this.#producers].map((producer) => producer.close()));
    const admin = await this.#admin?.catch(() => undefined);
    this.#admin = undefined;
    if (admin) this.retire(admin);
  }

  /**
   * kafkajs asks the broker for every topic a client was ever asked about, with each call: one that was deleted would fail
   * the calls about all others from then on; it knows an old leader, and goes on using a connection through which nothing comes any
   * more. So a client that failed is replaced, and where a topic is missing the call is made once more.
   * A partition whose leader is just changing (its topic was made a moment ago, its broker came back) is asked for again a little later.
   */
  private async ask<T>(
    topics: readonly string[],
    call: (admin: Admin) => Promise<T>,
    { patienceMs = answerMs, missingTries = 1 } = {},
  ): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.askOnce(call, patienceMs);
      } catch (error) {
        if (isLeaderMoving(error) && attempt < leaderTries) {
          await sleep(backoff(attempt));
          continue;
        }
        if (!isTopicMissing(error)) throw unreachable(this.brokers, error);
        if (attempt < missingTries) {
          if (attempt > 0) await sleep(backoff(attempt - 1));
          continue;
        }
        throw new StreamingError(
          'topic-missing',
          `Kafka at ${this.brokers.join(', ')} does not have all of these topics: ${topics.join(', ')}. They are made when their shop starts.`,
          { cause: error },
        );
      }
    }
  }

  private async askOnce<T>(call: (admin: Admin) => Promise<T>, patienceMs: number): Promise<T> {
    const admin = this.admin();
    const patience = new AbortController();
    try {
      return await Promise.race([
        this.answerOf(admin, call),
        sleep(patienceMs, undefined, { ref: false, signal: patience.signal }).then(() => {
          throw new Error(`there was no answer for ${patienceMs / 1_000} s.`);
        }),
      ]);
    } catch (error) {
      if (this.#admin === admin) this.#admin = undefined;
      admin.then(
        (open) => this.retire(open),
        () => undefined,
      );
      throw error;
    } finally {
      patience.abort();
    }
  }

  private async answerOf<T>(opening: Promise<OpenAdmin>, call: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = await opening;
    admin.pending += 1;
    try {
      return await call(admin.client);
    } finally {
      admin.pending -= 1;
      if (admin.retired) this.retire(admin);
    }
  }

  private admin(): Promise<OpenAdmin> {
    if (this.#admin) return this.#admin;
    const connecting = (async () => {
      const client = this.kafka.admin({ retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 500 } });
      await client.connect();
      return { client, pending: 0, retired: false };
    })();
    this.#admin = connecting;
    connecting.catch(() => {
      // The next call tries to connect anew.
      if (this.#admin === connecting) this.#admin = undefined;
    });
    return connecting;
  }

  /** Not asked any more, and let go when those who wait for it have their answer. */
  private retire(admin: OpenAdmin): void {
    admin.retired = true;
    if (admin.pending === 0) admin.client.disconnect().catch(() => undefined);
  }
}

/** A broker that lives answers what it is asked within milliseconds; whether it does is shown on the screen. */
const answerMs = 5_000;
/** Making topics takes longer, with the wait for their leaders. */
const createMs = 30_000;
/** How often a call waits for a partition to have its leader: some two seconds in all. */
const leaderTries = 5;
const leaderErrors: readonly (string | undefined)[] = ['LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION', 'REPLICA_NOT_AVAILABLE'];

function isLeaderMoving(error: unknown): boolean {
  return leaderErrors.includes(protocolError(error));
}

function isTopicMissing(error: unknown): boolean {
  return protocolError(error) === 'UNKNOWN_TOPIC_OR_PARTITION';
}
