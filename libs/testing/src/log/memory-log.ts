import { topics } from '#contracts';
import type { IncomingMessage, PartitionBounds } from '#streaming';
import type { Position } from '#warehouse';
import type { TestMessage } from '../builders/index.js';
import type { KeptTopic, OracleMessage } from '../oracle/index.js';

export interface LogPartition {
  readonly topic: KeptTopic;
  readonly partition: number;
}

interface Partition extends LogPartition {
  /** What each epoch ever held, by offset; undefined where a message was deleted before anybody read it. */
  readonly epochs: (OracleMessage | undefined)[][];
  /** Offsets below it are deleted. */
  start: bigint;
}

/** Record timestamps: one a millisecond from here on, so that the same appends give the same bytes; a topic made anew begins a day later. */
const firstTimestamp = Date.parse('2024-01-01T00:00:00Z');
const dayMs = 86_400_000;

/**
 * A shop's topics in memory: what is appended stays at its offset, and nothing moves by itself. It behaves towards a consumer as a
 * broker does, deletions and topics made anew included.
 */
export class MemoryLog {
  readonly #partitions = new Map<string, Partition>();

  append(topic: KeptTopic, partition: number, value: OracleMessage['value']): void {
    this.newest(this.of({ topic, partition })).push({ topic, value });
  }

  /** Appends to the partition of the message's key. Topics of several partitions have two here: enough to mix what they hold. */
  send({ topic, key, value }: TestMessage): void {
    const sum = [...(key ?? '')].reduce((total, letter) => total + letter.charCodeAt(0), 0);
    this.append(topic, sum % Math.min(2, topics[topic].partitions), value);
  }

  /** Every partition that ever had a message. */
  partitions(): LogPartition[] {
    return [...this.#partitions.values()].map(({ topic, partition }) => ({ topic, partition }));
  }

  bounds(place: LogPartition): PartitionBounds {
    const partition = this.of(place);
    return { ...place, start: partition.start, end: BigInt(this.newest(partition).length) };
  }

  /** At most `most` messages from an offset on. */
  read(place: LogPartition, from: bigint, most: number): IncomingMessage[] {
    const partition = this.of(place);
    const messages = this.newest(partition);
    const first = firstTimestamp + partition.epochs.length * dayMs;
    return messages.slice(Number(from), Number(from) + most).map((message, index) => ({
      offset: from + BigInt(index),
      key: null,
      value: bytesOf(message?.value ?? null),
      timestamp: new Date(first + Number(from) + index),
    }));
  }

  /** Deletes everything below an offset. @param unread what from here on was read by nobody, and is lost therefore */
  trim(place: LogPartition, start: bigint, unread: bigint): void {
    const partition = this.of(place);
    this.newest(partition).fill(undefined, Number(unread), Number(start));
    partition.start = start;
  }

  /** The topic is made anew, without a message. One that has none yet is as it was. */
  recreate(place: LogPartition): void {
    const partition = this.of(place);
    if (this.newest(partition).length > 0) partition.epochs.push([]);
    partition.start = 0n;
  }

  /** Messages before positions: what figures of that watermark are made of. */
  before(positions: readonly Position[]): OracleMessage[] {
    return positions.flatMap(({ topic, partition, epoch, next }) =>
      present(
        this.of({ topic, partition }).epochs.flatMap((messages, index) =>
          index + 1 < epoch ? messages : index + 1 === epoch ? messages.slice(0, Number(next)) : [],
        ),
      ),
    );
  }

  /** Every message that could ever be read. */
  all(): OracleMessage[] {
    return present([...this.#partitions.values()].flatMap(({ epochs }) => epochs.flat()));
  }

  /** Where figures of all that is here stand: the end of each partition's last epoch that has a message. */
  ends(): Position[] {
    return [...this.#partitions.values()].map(({ topic, partition, epochs }) => {
      const epoch = epochs.findLastIndex((messages) => messages.length > 0) + 1;
      return { topic, partition, epoch, next: BigInt(epochs[epoch - 1]?.length ?? 0) };
    });
  }

  private of({ topic, partition }: LogPartition): Partition {
    const key = placeOf({ topic, partition });
    let found = this.#partitions.get(key);
    if (!found) this.#partitions.set(key, (found = { topic, partition, epochs: [[]], start: 0n }));
    return found;
  }

  private newest({ epochs }: Partition): (OracleMessage | undefined)[] {
    return epochs[epochs.length - 1] ?? [];
  }
}

/** `transactions.v1/0` */
export function placeOf({ topic, partition }: LogPartition): string {
  return `${topic}/${partition}`;
}

function present(messages: readonly (OracleMessage | undefined)[]): OracleMessage[] {
  return messages.filter((message) => message !== undefined);
}

function bytesOf(value: OracleMessage['value']): Buffer | null {
  return value === null ? null : Buffer.from(value);
}
