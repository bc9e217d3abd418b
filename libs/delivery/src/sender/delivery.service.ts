import { ShopFailures, ShopFollower, type Shop, type ShopRepository } from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShopSender, type SenderParts } from './shop-sender.js';

const retryMs = 1_000;

interface Running {
  readonly sender: ShopSender;
  readonly stop: () => Promise<void>;
}

export interface DeliveryServiceParts {
  readonly directory: Pick<ShopRepository, 'list' | 'pending'>;
  readonly partsOf: (shop: Shop) => SenderParts;
  readonly logger: { warn(fields: object, message: string): void };
}

/** Sends deliveries of every live shop, and of each that is registered later. One shop's failure holds up no other. */
export class DeliveryService {
  readonly #shops: ShopFollower<Running>;
  readonly #failures: ShopFailures;

  constructor(private readonly parts: DeliveryServiceParts) {
    const { directory, logger: log } = parts;
    this.#shops = new ShopFollower({ directory, run: (shop) => this.run(shop), log });
    this.#failures = new ShopFailures(log, 'the outbox stands still, it is tried again');
  }

  /** Shops whose outbox cannot be read or written, with why. */
  get failing(): ReadonlyMap<string, string> {
    return this.#failures.all;
  }
  get shops(): number {
    return this.#shops.size;
  }

  start(): void {
    this.#shops.start();
  }

  stop(): Promise<void> {
    return this.#shops.stop();
  }

  /** A shop's alerts moved: there may be something to send. */
  wake(shop: string): void {
    for (const { sender } of this.#shops.named(shop)) sender.wake();
  }

  private run(shop: Shop): Running {
    const senderParts = this.parts.partsOf(shop);
    const sender = new ShopSender(shop, senderParts);
    const stopped = new AbortController();
    const loop = async (): Promise<void> => {
      while (!stopped.signal.aborted) {
        try {
          await sender.turn(() => this.#failures.well(shop));
        } catch (error) {
          this.#failures.failed(shop, error);
          await sleep(retryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
        }
      }
    };
    const ended = loop();
    return {
      sender,
      stop: async () => {
        stopped.abort();
        await sender.stop();
        await ended;
        await senderParts.claim.release();
        this.#failures.well(shop);
      },
    };
  }
}
