import { topicOf } from '#contracts';
import type { EventProducer } from '#streaming';
import type { Level, Shop } from '#warehouse';
import type { Committed } from './refresh/refresher.js';

/** What a hint tells of. */
export type Moved = Pick<Committed, 'level' | 'watermark' | 'ledgerRows'>;

/**
 * Tells readers in other processes that a shop's figures moved, on its `committed.v1`. Hints leave beside the next step, and nothing rests
 * on them: while one is under way only the newest of each level waits, and one that could not be sent is followed by the next.
 */
export class Hints {
  #sending: Promise<void> | undefined;
  /** Of each level the newest move that no hint was sent of yet. */
  readonly #unsent = new Map<Level, Moved>();
  #closing = false;

  constructor(
    private readonly shop: Shop,
    private readonly producer: EventProducer,
    private readonly log: { warn(fields: object, message: string): void },
  ) {}

  announce(moved: Moved): void {
    this.#unsent.set(moved.level, moved);
    this.#sending ??= this.send();
  }

  /** What is under way is sent; a broker that is away keeps no stop waiting. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#sending;
    await this.producer.close();
  }

  private async send(): Promise<void> {
    for (const [level, moved] of this.#unsent) {
      this.#unsent.delete(level);
      await this.hint(moved).catch((error: unknown) => {
        this.log.warn({ shop: this.shop.shop, error: String(error) }, 'hint not sent');
        if (this.#closing) this.#unsent.clear();
      });
    }
    // Here, and not once it has resolved: what moves in between would wait for the next one.
    this.#sending = undefined;
  }

  private async hint({ level, watermark, ledgerRows }: Moved): Promise<void> {
    const generation = watermark.generation.toString();
    const now = new Date().toISOString();
    const event = {
      specversion: '1.0',
      id: `${this.shop.shop}/committed/${level}/${generation}`,
      source: '/tideline/ingestor',
      type: 'tideline.figures.committed.v1',
      subject: this.shop.shop,
      time: now,
      recordedtime: now,
      data: { shop: this.shop.shop, level, generation, clock: watermark.clock?.toISOString() ?? null, ledgerRows },
    };
    await this.producer.send(topicOf(this.shop.shop, 'committed.v1'), [{ key: null, value: JSON.stringify(event) }]);
  }
}
