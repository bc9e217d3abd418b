import type { EventProducer, OutgoingMessage } from '#streaming';
import { setTimeout as sleep } from 'node:timers/promises';

interface Waiting {
  readonly partition: number;
  /** Everything before this offset has been published once these messages are. */
  readonly next: bigint;
  readonly messages: readonly OutgoingMessage[];
}

/** A broker that does not take messages is tried again after this long. */
const retryMs = 1_000;
const batchSize = 200;

/**
 * Tells on the topic what is durable already, in its order. Until it has succeeded nothing counts as told: after a crash the rows from
 * `sent` on are told again, under the same ids.
 */
export class Publisher {
  #queue: Waiting[] = [];
  readonly #sent = new Map<number, bigint>();
  #working: Promise<void> = Promise.resolve();
  #isWorking = false;
  readonly #stop = new AbortController();

  constructor(
    private readonly topic: string,
    private readonly producer: Pick<EventProducer, 'send'>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Before which offset of a partition all has been told. */
  sent(partition: number): bigint {
    return this.#sent.get(partition) ?? 0n;
  }

  /** A partition begins anew: what waits of it is forgotten, for it comes again. */
  begin(partition: number, sent: bigint): void {
    this.#queue = this.#queue.filter((each) => each.partition !== partition);
    this.#sent.set(partition, sent);
  }

  /** @param next offset after the last message that `messages` follow from */
  add(partition: number, next: bigint, messages: readonly OutgoingMessage[]): void {
    this.#queue.push({ partition, next, messages });
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#working = this.work();
  }

  /** Lets what waits go out, if the broker takes it at once. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#working;
  }

  private async work(): Promise<void> {
    while (this.#queue.length > 0) {
      const together = this.#queue.slice(0, batchSize);
      try {
        const messages = together.flatMap((each) => each.messages);
        if (messages.length > 0) await this.producer.send(this.topic, messages);
        for (const each of together) {
          // One that was begun anew meanwhile has forgotten it.
          if (!this.#queue.includes(each)) continue;
          this.#sent.set(each.partition, each.next);
        }
        this.#queue = this.#queue.filter((each) => !together.includes(each));
      } catch (error) {
        this.failed(error);
        if (this.#stop.signal.aborted) break;
        await sleep(retryMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
    this.#isWorking = false;
  }
}
