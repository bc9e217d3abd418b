import type { Shop, ShopDirectory } from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShopPipeline, type PipelineOptions, type PipelineParts } from './shop-pipeline.js';

/** How often the registry is asked for shops that were added, by whatever process. */
const registryMs = 500;

/** Runs a pipeline for every registered shop, and for each that is registered later. */
export class IngestionService {
  readonly #pipelines = new Map<string, ShopPipeline>();
  readonly #stop = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  constructor(
    private readonly directory: ShopDirectory,
    private readonly parts: PipelineParts,
    private readonly options: PipelineOptions,
  ) {}

  /** Starts the pipelines of all shops that are known now, then keeps watching for new ones. */
  async start(): Promise<void> {
    await this.startMissing();
    this.#watching = this.watch();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
    await Promise.all([...this.#pipelines.values()].map((pipeline) => pipeline.stop()));
  }

  pipeline(shop: string): ShopPipeline | undefined {
    return this.#pipelines.get(shop);
  }

  get pipelines(): readonly ShopPipeline[] {
    return [...this.#pipelines.values()];
  }

  private async watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await sleep(registryMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
      await this.startMissing().catch((error: unknown) =>
        this.parts.log.warn({ error: String(error) }, 'a shop could not be started, it is tried again'),
      );
    }
  }

  private async startMissing(): Promise<void> {
    const missing = (await this.directory.list()).filter((shop) => !this.#pipelines.has(shop.shop));
    for (const shop of missing) await this.startOne(shop);
  }

  private async startOne(shop: Shop): Promise<void> {
    const pipeline = new ShopPipeline(shop, this.parts, this.options);
    this.#pipelines.set(shop.shop, pipeline);
    try {
      await pipeline.start();
    } catch (error) {
      this.#pipelines.delete(shop.shop);
      await pipeline.stop();
      throw error;
    }
  }
}
