/** Nest token of the seam to Kafka. No kafkajs type leaves this lib. */
export const STREAMING = Symbol('STREAMING');

/** What this lib needs of a logger; pino's fits. */
export interface StreamingLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface IncomingMessage {
  readonly offset: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The broker's record timestamp: wall clock at produce, never shop time. */
  readonly timestamp: Date;
}

/** Messages of one partition, ascending. */
export interface IncomingBatch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly IncomingMessage[];
}

/** The broker's earliest offset and the one after its last, of one partition. */
export interface PartitionBounds {
  readonly topic: string;
  readonly partition: number;
  readonly start: bigint;
  readonly end: bigint;
}

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface OutgoingMessage {
  readonly key: string | null;
  readonly value: string;
}

export interface EventProducer {
  /** Resolves when the broker has the messages. @throws {StreamingError} `message-too-large`, `broker-unreachable` */
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

export type ConsumerState = 'starting' | 'running' | 'retrying' | 'broker-away' | 'stopped';

export interface ConsumeSpec {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Asked for every assigned partition before its first batch: the offset to fetch first. */
  startAt(topic: string, partition: number, bounds: PartitionBounds): Promise<bigint>;
  /** Takes a whole batch; resolves when it is durable. What it throws is reported and the same batch comes again. */
  onBatch(batch: IncomingBatch): Promise<void>;
  onState(state: ConsumerState, error?: unknown): void;
}

export interface RunningConsumer {
  readonly state: ConsumerState;
  /** Lets the running batch finish, leaves the group, disconnects. */
  stop(): Promise<void>;
}

/** The seam: a broker to produce to and consume from. */
export interface Streaming {
  readonly brokers: readonly string[];
  /** Creates what is missing. @throws {StreamingError} `topic-differs` when one exists with other partitions */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  bounds(topics: readonly string[]): Promise<PartitionBounds[]>;
  producer(): Promise<EventProducer>;
  consume(spec: ConsumeSpec): Promise<RunningConsumer>;
  close(): Promise<void>;
}
