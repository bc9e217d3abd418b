import { isScored, type Shop, type ShopDirectory } from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShopOwner, type OwnerParts } from './shop-owner.js';

/** How often the registry is asked for shops that were added. */
const registryMs = 500;
/** How long a shop whose owner could not start is left alone. */
const againMs = 2_000;

/** Runs an owner of alerts for every shop that is scored, and for each that is registered later, while it is there. */
export class AlertsService {
  /** By the shop's database: the name of a sandbox may be used again. */
  readonly #owners = new Map<string, ShopOwner>();
  readonly #failedAt = new Map<string, number>();
  readonly #stop = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  readonly #listeners: ((shop: string) => void)[] = [];
  private readonly parts: OwnerParts;

  constructor(
    private readonly shops: ShopDirectory,
    parts: OwnerParts,
  ) {
    const moved = (shop: string): void => {
      for (const listener of [parts.moved, ...this.#listeners]) listener(shop);
    };
    this.parts = { ...parts, moved };
  }

  /** Tells of each shop whose alerts moved in this process, once that can be read. */
  onMoved(listener: (shop: string) => void): void {
    this.#listeners.push(listener);
  }

  get owners(): readonly ShopOwner[] {
    return [...this.#owners.values()];
  }

  /** Shops whose owner could not start so far; it is tried again. */
  get failed(): readonly string[] {
    return [...this.#failedAt.keys()];
  }

  async start(): Promise<void> {
    await this.follow();
    this.#watching = this.watch();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
    await Promise.all(this.owners.map((owner) => owner.stop()));
  }

  private async watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await sleep(registryMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
      await this.follow().catch((error: unknown) =>
        this.parts.logger.warn({ error: String(error) }, 'the shops could not be looked up, it is tried again'),
      );
    }
  }

  private async follow(): Promise<void> {
    const now = performance.now();
    const shops = (await this.shops.list()).filter(isScored);
    for (const [database, owner] of this.#owners) {
      if (shops.some((shop) => shop.database === database)) continue;
      this.#owners.delete(database);
      await owner
        .stop()
        .catch((error: unknown) =>
          this.parts.logger.warn(
            { shop: owner.shop.shop, error: String(error) },
            'the owner of alerts of a shop that is gone did not end well',
          ),
        );
    }
    for (const name of this.#failedAt.keys()) if (!shops.some(({ shop }) => shop === name)) this.#failedAt.delete(name);
    const missing = shops.filter(
      ({ shop, database }) => !this.#owners.has(database) && now - (this.#failedAt.get(shop) ?? -Infinity) > againMs,
    );
    for (const shop of missing) await this.startOne(shop);
  }

  /** A shop that was registered a moment ago may have no topics yet; one that cannot start keeps no other from starting. */
  private async startOne(shop: Shop): Promise<void> {
    const owner = new ShopOwner(shop, this.parts);
    try {
      await owner.start();
      this.#owners.set(shop.database, owner);
      this.#failedAt.delete(shop.shop);
    } catch (error) {
      this.#failedAt.set(shop.shop, performance.now());
      this.parts.logger.warn({ shop: shop.shop, error: String(error) }, 'the owner of alerts could not be started, it is tried again');
      await owner.stop().catch(() => undefined);
    }
  }
}
