import { setTimeout as sleep } from 'node:timers/promises';
import { isSandbox, type Shop } from './shop.js';
import type { ShopRepository } from './shop.repository.js';

/** How often the registry is asked for shops that came or went. */
const registryMs = 1_000;

/** What runs for one shop. */
export interface ShopWorker {
  stop(): Promise<void>;
}

export interface ShopFollowerParts<Worker extends ShopWorker> {
  readonly directory: Pick<ShopRepository, 'list' | 'pending'>;
  /** Which shops it is for: those that are no sandbox, where nothing is said. */
  readonly follows?: (shop: Shop) => boolean;
  /** Starts the work for a shop. */
  readonly run: (shop: Shop) => Worker;
  readonly log: { warn(fields: object, message: string): void };
}

/** Runs something for every shop of the registry that it is for, and for each that is registered later, while it is there. */
export class ShopFollower<Worker extends ShopWorker> {
  readonly #running = new Map<string, { readonly shop: Shop; readonly worker: Worker }>();
  readonly #stop = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ShopFollowerParts<Worker>) {}

  get size(): number {
    return this.#running.size;
  }

  find({ database }: Shop): Worker | undefined {
    return this.#running.get(database)?.worker;
  }

  /** By the shop's name. */
  named(name: string): Worker[] {
    return [...this.#running.values()].filter(({ shop }) => shop.shop === name).map(({ worker }) => worker);
  }

  start(): void {
    this.#watching = this.watch();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
    await Promise.all([...this.#running.values()].map(({ worker }) => worker.stop()));
    this.#running.clear();
  }

  private async watch(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.follow().catch((error: unknown) =>
        this.parts.log.warn({ error: String(error) }, 'the shops could not be looked up, it is tried again'),
      );
      await sleep(registryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async follow(): Promise<void> {
    const { directory, run, follows = (shop) => !isSandbox(shop) } = this.parts;
    const shops = (await directory.list()).filter(follows);
    for (const [database, { worker }] of this.#running) {
      if (shops.some((shop) => shop.database === database)) continue;
      this.#running.delete(database);
      await worker.stop();
    }
    for (const shop of shops) {
      // Whoever ingests makes the tables of a new shop.
      const isNew = !this.#running.has(shop.database);
      if (isNew && (await directory.pending(shop)).length === 0) this.#running.set(shop.database, { shop, worker: run(shop) });
    }
  }
}
