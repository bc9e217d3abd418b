import type { RealClock } from '#clock';
import { topicOf } from '#contracts';
import type { EventProducer, OutgoingMessage, Streaming } from '#streaming';
import type { WorldEvent } from '../world/event-maker.js';

const retryMs = 500;

/** Sends events of one shop and knows the next offset of each partition. What the broker's absence delays is sent later. */
export class Outbox {
  #producer: EventProducer | undefined;

  /** @param offsets next offset per `topic-partition`; brought up to date by each send */
  constructor(
    private readonly streaming: Streaming,
    private readonly shop: string,
    private readonly clock: RealClock,
    private readonly signal: AbortSignal,
    readonly offsets: Map<string, bigint>,
    private readonly onRetry: (error: unknown) => void,
  ) {}

  /**
   * Resolves when the broker has all of them; order is kept within each topic.
   * @returns false when it was stopped before: some may have been written, all have to be sent again
   * @throws {StreamingError} that trying again does not help against
   */
  async send(events: readonly WorldEvent[]): Promise<boolean> {
    const byTopic = new Map<string, OutgoingMessage[]>();
    for (const { topic, key, value } of events) {
      const name = topicOf(this.shop, topic);
      const messages = byTopic.get(name);
      if (messages) messages.push({ key, value });
      else byTopic.set(name, [{ key, value }]);
    }
    for (const [topic, messages] of byTopic) if (!(await this.sendTo(topic, messages))) return false;
    return true;
  }

  /** As `send`, for messages of one topic, by its full name. */
  async sendTo(topic: string, messages: readonly OutgoingMessage[]): Promise<boolean> {
    while (!this.signal.aborted) {
      try {
        this.#producer ??= await this.streaming.producer();
        for (const { topic: name, partition, lastOffset } of await this.#producer.send(topic, messages))
          this.offsets.set(`${name}-${partition}`, lastOffset + 1n);
        return true;
      } catch (error) {
        if ((error as { retryable?: unknown }).retryable !== true) throw error;
        this.onRetry(error);
        await this.clock.sleep(retryMs, this.signal);
      }
    }
    return false;
  }

  async close(): Promise<void> {
    await this.#producer?.close();
  }
}
