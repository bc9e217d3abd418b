import { topicOf } from '#contracts';
import type { RunningConsumer, Streaming } from '#streaming';
import { isSandbox, type ReadGate, type Shop } from '#warehouse';
import { randomUUID } from 'node:crypto';

/** A look comes at least this often, whatever is heard. */
const lookMs = 1_000;

/**
 * Wakes a shop's scorer when figures moved: told by the gate where this process moves them, else by the shop's `committed.v1`, read from its
 * end. A hint is only a hint: one that is lost costs a second, for a look comes that often anyway. Sandboxes have none.
 */
export class ShopWakes {
  #awake = false;
  #rouse: () => void = () => undefined;
  #consumer: RunningConsumer | undefined;
  #subscribing: Promise<void> | undefined;
  #stopped = false;

  constructor(
    private readonly shop: Shop,
    private readonly gate: Pick<ReadGate, 'owns'>,
    private readonly streaming: Pick<Streaming, 'consume'>,
    private readonly log: { warn(fields: object, message: string): void },
  ) {}

  /** The figures of the shop moved. */
  wake(): void {
    this.#awake = true;
    this.#rouse();
  }

  /** Resolves at the next hint, at once if one came since the last call, or after a second. */
  async next(): Promise<void> {
    this.listen();
    if (!this.#awake && !this.#stopped) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lookMs);
        this.#rouse = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#awake = false;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#subscribing;
    await this.#consumer?.stop();
  }

  /** Where another process moves the figures. Tried again with the next look when the broker does not answer. */
  private listen(): void {
    if (this.#subscribing || this.#stopped || isSandbox(this.shop) || this.gate.owns(this.shop.shop)) return;
    const { shop } = this.shop;
    this.#subscribing = this.streaming
      .consume({
        // A group of this process alone: every process hears every hint.
        groupId: `tideline.${shop}.scorer.${randomUUID()}`,
        topics: [topicOf(shop, 'committed.v1')],
        startAt: (_topic, _partition, bounds) => Promise.resolve(bounds.end),
        onBatch: () => {
          this.wake();
          return Promise.resolve();
        },
        onState: () => undefined,
      })
      .then(
        (consumer) => void (this.#consumer = consumer),
        (error: unknown) => {
          this.#subscribing = undefined;
          this.log.warn({ shop, error: String(error) }, 'hints cannot be read, the scorer looks every second');
        },
      );
  }
}
