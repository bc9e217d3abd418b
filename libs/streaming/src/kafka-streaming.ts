import kafkajs, { type Admin, type Kafka, type logLevel as LogLevel, type Producer } from 'kafkajs';
import { KafkaConsumer } from './kafka-consumer.js';
import { StreamingError } from './streaming.errors.js';
import type {
  ConsumeSpec,
  EventProducer,
  OutgoingMessage,
  PartitionBounds,
  RunningConsumer,
  Streaming,
  StreamingLogger,
  TopicSpec,
} from './streaming.js';

// kafkajs is CommonJS: its values come through the default export.
const { Kafka: KafkaClient, Partitioners, logLevel, KafkaJSProtocolError } = kafkajs;

export interface StreamingOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: StreamingLogger;
  /** @default 15000 */
  readonly sessionTimeoutMs?: number;
  /** @default 30000 */
  readonly stallMs?: number;
}

/** Opens the seam on kafkajs. Connects lazily, at the first call that needs the broker. */
export function openStreaming(options: StreamingOptions): Streaming {
  const kafka = new KafkaClient({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: 3_000,
    requestTimeout: 20_000,
    retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.WARN,
    logCreator: () => forwardTo(options.logger),
  });
  return new KafkaStreaming(kafka, options);
}

class KafkaStreaming implements Streaming {
  #admin: Promise<Admin> | undefined;
  readonly #open = new Set<{ close(): Promise<void> }>();

  constructor(
    private readonly kafka: Kafka,
    private readonly options: StreamingOptions,
  ) {}

  get brokers(): readonly string[] {
    return this.options.brokers;
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    const admin = await this.admin();
    const existing = new Set(await guarded(this.brokers, () => admin.listTopics()));
    const missing = specs.filter((spec) => !existing.has(spec.topic));
    if (missing.length > 0) {
      await guarded(this.brokers, () =>
        admin.createTopics({
          waitForLeaders: true,
          topics: missing.map((spec) => ({
            topic: spec.topic,
            numPartitions: spec.partitions,
            configEntries: Object.entries(spec.config).map(([name, value]) => ({ name, value })),
          })),
        }),
      );
    }
    const { topics } = await guarded(this.brokers, () => admin.fetchTopicMetadata({ topics: specs.map((spec) => spec.topic) }));
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

  async bounds(topics: readonly string[]): Promise<PartitionBounds[]> {
    const admin = await this.admin();
    const perTopic = await guarded(this.brokers, () =>
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
    const producer = new KafkaProducer(this.kafka, this.brokers);
    await producer.connect();
    this.#open.add(producer);
    return producer;
  }

  async consume(spec: ConsumeSpec): Promise<RunningConsumer> {
    const consumer = new KafkaConsumer(
      this.kafka,
      spec,
      { sessionTimeoutMs: this.options.sessionTimeoutMs ?? 15_000, stallMs: this.options.stallMs ?? 30_000 },
      (topics) => this.bounds(topics),
      this.options.logger,
    );
    await consumer.start();
    return consumer;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((each) => each.close()));
    this.#open.clear();
    const admin = await this.#admin?.catch(() => undefined);
    await admin?.disconnect();
  }

  private async admin(): Promise<Admin> {
    this.#admin ??= (async () => {
      const admin = this.kafka.admin({ retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 500 } });
      await guarded(this.brokers, () => admin.connect());
      return admin;
    })();
    try {
      return await this.#admin;
    } catch (error) {
      // The next call tries to connect anew.
      this.#admin = undefined;
      throw error;
    }
  }
}

class KafkaProducer implements EventProducer {
  #producer: Producer | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly brokers: readonly string[],
  ) {}

  async connect(): Promise<Producer> {
    if (!this.#producer) {
      const producer = this.kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        // murmur2 as in the Java client: all producers of the world put a key on the same partition.
        createPartitioner: Partitioners.DefaultPartitioner,
      });
      await guarded(this.brokers, () => producer.connect());
      this.#producer = producer;
    }
    return this.#producer;
  }

  async send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const producer = await this.connect();
    try {
      await producer.send({ topic, acks: -1, messages: messages.map(({ key, value }) => ({ key, value })) });
    } catch (error) {
      const type = protocolError(error);
      if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
        const largest = messages.reduce((a, b) => (b.value.length > a.value.length ? b : a));
        throw new StreamingError(
          'message-too-large',
          `The broker refused a message of ${Buffer.byteLength(largest.value)} bytes on ${topic} (key ${largest.key ?? 'none'}): it is above max.message.bytes. Split the document or raise the topic's limit.`,
          { cause: error },
        );
      }
      // An idempotent producer is of no more use after these: the next send makes a new one.
      if (type !== undefined && /SEQUENCE|PRODUCER_EPOCH|PRODUCER_ID|FENCED/.test(type)) {
        this.#producer = undefined;
        await producer.disconnect().catch(() => undefined);
      }
      throw unreachable(this.brokers, error);
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect();
  }
}

function protocolError(error: unknown): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof KafkaJSProtocolError) return at.type;
  }
  return undefined;
}

async function guarded<T>(brokers: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unreachable(brokers, error);
  }
}

function unreachable(brokers: readonly string[], error: unknown): StreamingError {
  const message = error instanceof Error ? error.message : String(error);
  return new StreamingError('broker-unreachable', `Kafka at ${brokers.join(', ')} did not do it: ${message}`, { cause: error });
}

function forwardTo(logger: StreamingLogger): ReturnType<NonNullable<ConstructorParameters<typeof Kafka>[0]['logCreator']>> {
  const levels: Readonly<Record<LogLevel, 'debug' | 'info' | 'warn' | 'error'>> = {
    0: 'debug',
    1: 'debug',
    2: 'debug',
    4: 'debug',
    5: 'debug',
  };
  return ({ level, namespace, log: { message, ...fields } }) => {
    // kafkajs warns of each lost connection; the state this lib reports says it once and in words.
    logger[levels[level]]({ namespace, error: fields['error'] as unknown }, message);
  };
}
