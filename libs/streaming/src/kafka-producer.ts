import kafkajs, { type Kafka, type Producer } from 'kafkajs';
import { guarded, protocolError, unreachable } from './kafka-errors.js';
import { partitionOf } from './murmur2.js';
import { StreamingError } from './streaming.errors.js';
import type { EventProducer, OutgoingMessage, SentRange } from './streaming.js';

const { Partitioners } = kafkajs;

/**
 * Bytes of one request. Below the 1 MiB a default topic takes per batch, so only a message that is too large by itself is
 * ever refused; and few enough messages that kafkajs' grouping by partition, which is quadratic, stays cheap.
 */
const requestBytes = 768 * 1024;
const requestMessages = 4_000;
/** What a record adds to its key and value at most. */
const recordOverhead = 64;

/**
 * An idempotent producer that can be trusted after a failure. kafkajs gives the sequence numbers of a failed request to the
 * next one, though the broker may have written the failed one: the broker then takes new messages for a repetition and drops
 * them without a word. So one request is under way at a time, and after any failure the client is thrown away with its
 * producer id.
 */
export class KafkaProducer implements EventProducer {
  #producer: Promise<Producer> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;
  /** Partition of each message under way: a repeated request must put each where it was. */
  readonly #placed = new WeakMap<object, number>();

  constructor(
    private readonly kafka: Kafka,
    private readonly brokers: readonly string[],
    private readonly onClose: (producer: KafkaProducer) => void,
  ) {}

  async connect(): Promise<void> {
    await this.client();
  }

  send(topic: string, messages: readonly OutgoingMessage[]): Promise<SentRange[]> {
    const sent = this.#last.then(() => this.sendInOrder(topic, messages));
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
    this.onClose(this);
    const producer = await this.#producer?.catch(() => undefined);
    this.#producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  private async sendInOrder(topic: string, messages: readonly OutgoingMessage[]): Promise<SentRange[]> {
    const last = new Map<number, bigint>();
    for (const request of inRequests(messages)) {
      for (const { partition, lastOffset } of await this.request(topic, request)) last.set(partition, lastOffset);
    }
    return [...last].map(([partition, lastOffset]) => ({ topic, partition, lastOffset }));
  }

  private async request(topic: string, messages: readonly OutgoingMessage[]): Promise<SentRange[]> {
    if (this.#closed)
      throw new StreamingError('producer-closed', `A message for ${topic} came after the producer was closed. Send before the stop.`);
    const producer = await this.client();
    const records = messages.map(({ key, value }) => ({ key, value }));
    try {
      const answers = await producer.send({ topic, acks: -1, messages: records });
      return answers.map(({ partition, baseOffset }) => {
        const count = records.filter((record) => this.#placed.get(record) === partition).length;
        return { topic, partition, lastOffset: BigInt(baseOffset ?? '-1') + BigInt(count) - 1n };
      });
    } catch (error) {
      this.#producer = undefined;
      await producer.disconnect().catch(() => undefined);
      const type = protocolError(error);
      if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
        const largest = messages.reduce((a, b) => (sizeOf(b) > sizeOf(a) ? b : a));
        throw new StreamingError(
          'message-too-large',
          `The broker refused a message of ${Buffer.byteLength(largest.value)} bytes on ${topic} (key ${largest.key ?? 'none'}): it is above max.message.bytes. Split the document or raise the topic's limit.`,
          { cause: error },
        );
      }
      throw unreachable(this.brokers, error);
    }
  }

  private client(): Promise<Producer> {
    this.#producer ??= (async () => {
      const producer = this.kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        // murmur2 as in the Java client: all producers of the world put a key on the same partition.
        createPartitioner: () => {
          const inTurn = Partitioners.DefaultPartitioner();
          return (choice) => {
            const { message, partitionMetadata } = choice;
            const placed = this.#placed.get(message);
            const partition =
              placed ?? (typeof message.key === 'string' ? partitionOf(message.key, partitionMetadata.length) : inTurn(choice));
            this.#placed.set(message, partition);
            return partition;
          };
        },
      });
      await guarded(this.brokers, () => producer.connect());
      return producer;
    })();
    // The next send tries to connect anew.
    this.#producer.catch(() => (this.#producer = undefined));
    return this.#producer;
  }
}

/** Cuts messages into requests, in order. A message above the limit travels alone, so the broker's refusal is about it. */
export function* inRequests(messages: readonly OutgoingMessage[]): Generator<readonly OutgoingMessage[]> {
  let begin = 0;
  let bytes = 0;
  for (const [index, message] of messages.entries()) {
    const size = sizeOf(message);
    if (index > begin && (bytes + size > requestBytes || index - begin === requestMessages)) {
      yield messages.slice(begin, index);
      begin = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (messages.length > begin) yield messages.slice(begin);
}

function sizeOf({ key, value }: OutgoingMessage): number {
  return Buffer.byteLength(value) + (key === null ? 0 : Buffer.byteLength(key)) + recordOverhead;
}
