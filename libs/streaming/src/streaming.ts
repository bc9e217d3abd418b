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

/** The last offset a send was given in one partition. */
export interface SentRange {
  readonly topic: string;
  readonly partition: number;
  readonly lastOffset: bigint;
}

export interface EventProducer {
  /**
   * Resolves when the broker has the messages; with the last offset of each partition they went to. Sends are carried out
   * in the order they were called, however many are waiting. When it throws, some of the messages may have been written:
   * sending all of them again is right, a repeated event changes no figure.
   * @throws {StreamingError} `message-too-large` naming topic and key, `broker-unreachable`, `producer-closed`
   */
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<SentRange[]>;
  /** Lets waiting sends finish, then disconnects. */
  close(): Promise<void>;
}

/**
 * `starting`: not a member of its group yet. `running`: all of its partitions go on. `retrying`: at least one of them does
 * not, the error says why; the others do. `broker-away`: the broker does not answer. `stopped`: by `stop()`.
 */
export type ConsumerState = 'starting' | 'running' | 'retrying' | 'broker-away' | 'stopped';

/** A batch that its owner has taken and not yet made durable. */
export interface Kept {
  /** When it rejects, the owner is asked again where to go on: it and what was taken after it come again. */
  readonly durable: Promise<void>;
}

export interface ConsumeSpec {
  readonly groupId: string;
  /**
   * Nobody shares the partitions: they are read under a group of this consumer's own, new each time it connects, whose name begins with
   * `groupId`. So it waits for no member that was killed, which a group gives up after its session timeout only, and two owners of one
   * topic do not take partitions from each other. Nothing is committed to such a group.
   */
  readonly alone?: boolean;
  readonly topics: readonly string[];
  /**
   * Asked for every assigned partition before its first batch, when no batch of it is under way: the offset to fetch first.
   * Asked again after a batch was lost, and when the broker turns out not to hold the next offset any more. What it throws is
   * reported and it is asked again later; the other partitions go on.
   */
  startAt(topic: string, partition: number, bounds: PartitionBounds): Promise<bigint>;
  /** Told of all partitions that this consumer has from now on, whenever they were shared out anew: what another one got is no longer its own. */
  onAssigned?(partitions: readonly { readonly topic: string; readonly partition: number }[]): void;
  /**
   * Takes a whole batch. Resolves when it is durable, or sooner with the promise that it will be: then the next one is fetched
   * meanwhile. A batch that is not taken, or lost, is reported; after a while its owner is asked where to go on, until it is durable;
   * the other partitions go on. Called for several partitions at a time, never twice for one.
   */
  onBatch(batch: IncomingBatch): Promise<void | Kept>;
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
  /** Deletes those that are there. */
  deleteTopics(topics: readonly string[]): Promise<void>;
  /** Of every partition of the topics. @throws {StreamingError} `broker-unreachable` */
  bounds(topics: readonly string[]): Promise<PartitionBounds[]>;
  /** Connected. Survives the broker's absence: a send that fails leaves it usable. */
  producer(): Promise<EventProducer>;
  /** Resolves once connected; from then on it comes back by itself, however long the broker is away. */
  consume(spec: ConsumeSpec): Promise<RunningConsumer>;
  /** Stops every consumer, closes every producer, disconnects. */
  close(): Promise<void>;
}
