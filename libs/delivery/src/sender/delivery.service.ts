import { isSandbox, type Shop, type ShopRepository } from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShopSender, type SenderParts } from './shop-sender.js';

/** How often the registry is asked for shops that came or went. */
const registryMs = 1_000;
const retryMs = 1_000;

interface Running {
  readonly shop: Shop;
  readonly sender: ShopSender;
  readonly stop: () => Promise<void>;
}

export interface DeliveryServiceParts {
  readonly directory: Pick<ShopRepository, 'list' | 'pending'>;
  readonly partsOf: (shop: Shop) => SenderParts;
  readonly logger: { warn(fields: object, message: string): void };
}

/** Sends deliveries of every shop that has topics, and of each that is registered later. One shop's failure holds up no other. */
export class DeliveryService {
  readonly #running = new Map<string, Running>();
  readonly #failing = new Map<string, string>();
  readonly #stop = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  constructor(private readonly parts: DeliveryServiceParts) {}

  /** Shops whose outbox cannot be read or written, with why. */
  get failing(): ReadonlyMap<string, string> {
    return this.#failing;
  }
  get shops(): number {
    return this.#running.size;
  }

  start(): void {
    this.#watching = this.watch();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
    await Promise.all([...this.#running.values()].map((running) => running.stop()));
    this.#running.clear();
  }

  /** A shop's alerts moved: there may be something to send. */
  wake(shop: string): void {
    for (const running of this.#running.values()) if (running.shop.shop === shop) running.sender.wake();
  }

  private async watch(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.follow().catch((error: unknown) =>
        this.parts.logger.warn({ error: String(error) }, 'the shops could not be looked up, it is tried again'),
      );
      await sleep(registryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async follow(): Promise<void> {
    const shops = (await this.parts.directory.list()).filter((shop) => !isSandbox(shop));
    for (const [database, running] of this.#running) {
      if (shops.some((shop) => shop.database === database)) continue;
      this.#running.delete(database);
      await running.stop();
    }
    for (const shop of shops) {
      // Whoever ingests makes the tables of a new shop.
      const isNew = !this.#running.has(shop.database);
      if (isNew && (await this.parts.directory.pending(shop)).length === 0) this.#running.set(shop.database, this.run(shop));
    }
  }

  private run(shop: Shop): Running {
    const { logger } = this.parts;
    const senderParts = this.parts.partsOf(shop);
    const sender = new ShopSender(shop, senderParts);
    const stopped = new AbortController();
    const loop = async (): Promise<void> => {
      while (!stopped.signal.aborted) {
        try {
          await sender.turn(() => this.#failing.delete(shop.shop));
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          if (this.#failing.get(shop.shop) !== why)
            logger.warn({ shop: shop.shop, error: why }, 'the outbox stands still, it is tried again');
          this.#failing.set(shop.shop, why);
          await sleep(retryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
        }
      }
    };
    const ended = loop();
    return {
      shop,
      sender,
      stop: async () => {
        stopped.abort();
        await sender.stop();
        await ended;
        await senderParts.claim.release();
        this.#failing.delete(shop.shop);
      },
    };
  }
}
