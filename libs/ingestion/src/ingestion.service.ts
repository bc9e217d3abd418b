import { StreamingError } from '#streaming';
import type { Shop } from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShopPipeline, type PipelineOptions, type PipelineParts } from './shop-pipeline.js';
import { topicsOfRemoved } from './shop-topics.js';

/** How often the registry is asked for shops that were added, by whatever process. */
const registryMs = 500;
/** How long a shop that could not start is left alone, by the number of its failures. */
const againMs = [500, 1_000, 2_000, 5_000, 10_000, 30_000] as const;

const bootAttempts = 3;

/** A shop that could not start. */
interface Failed {
  readonly times: number;
  readonly nextAt: number;
}

/** Runs a pipeline for every registered shop, and for each that is registered later. */
export class IngestionService {
  readonly #pipelines = new Map<string, ShopPipeline>();
  readonly #failed = new Map<string, Failed>();
  readonly #stop = new AbortController();
  /** Databases of deleted sandboxes that could not be dropped yet. */
  readonly #undropped = new Set<string>();
  /** Undefined while the shops are started for the first time. */
  #watching: Promise<void> | undefined;

  constructor(
    private readonly directory: Pick<PipelineParts['shops'], 'list' | 'removed' | 'isRemoved' | 'drop'>,
    private readonly parts: PipelineParts,
    private readonly options: PipelineOptions,
  ) {}

  /**
   * Starts the pipelines of all shops that are known now, then keeps watching for new ones. A shop that cannot start keeps no other from
   * starting: it raises the alarm `start-failed` and is tried again.
   * @throws {StreamingError} `broker-unreachable`, which concerns all of them
   */
  async start(): Promise<void> {
    await this.stopRemoved();
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

  /** Shops that could not start so far. */
  get failed(): readonly string[] {
    return [...this.#failed.keys()];
  }

  private async watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await sleep(registryMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
      await this.stopRemoved()
        .then(() => this.startMissing())
        .catch((error: unknown) => this.parts.log.warn({ error: String(error) }, 'the shops could not be looked up, it is tried again'));
    }
  }

  /** Sandboxes that were deleted: their pipelines end, then their databases go. */
  private async stopRemoved(): Promise<void> {
    const there = new Set((await this.directory.list()).map(({ database }) => database));
    for (const pipeline of this.pipelines.filter(({ shop }) => !there.has(shop.database))) {
      const { shop } = pipeline;
      await pipeline.stop();
      this.#pipelines.delete(shop.shop);
      this.parts.gate.forget(shop);
      this.parts.ledger.tail.forget(shop);
      this.parts.alarms.forget(shop.shop);
    }
    for (const shop of await this.directory.removed()) {
      this.#failed.delete(shop.shop);
      await this.drop(shop).catch((error: unknown) => {
        // It keeps no other shop from anything, and is tried again with each look.
        if (this.#undropped.has(shop.database)) return;
        this.#undropped.add(shop.database);
        this.parts.log.warn(
          { shop: shop.shop, error: String(error) },
          'what a deleted sandbox left could not be deleted, it is tried again',
        );
      });
    }
  }

  private async drop(shop: Shop): Promise<void> {
    const topics = topicsOfRemoved(shop);
    // Another process may have dropped it: then topics of this name are those of the next one.
    if (topics.length > 0 && (await this.directory.isRemoved(shop))) await this.parts.streaming.deleteTopics(topics);
    await this.directory.drop(shop);
    this.#undropped.delete(shop.database);
    this.parts.log.info({ shop: shop.shop, database: shop.database }, 'sandbox deleted');
  }

  private async startMissing(): Promise<void> {
    const now = performance.now();
    const missing = (await this.directory.list()).filter(
      ({ shop }) => !this.#pipelines.has(shop) && (this.#failed.get(shop)?.nextAt ?? 0) <= now,
    );
    for (const shop of missing) await this.startOne(shop);
  }

  private async startOne(shop: Shop, attempt = 1): Promise<void> {
    const pipeline = new ShopPipeline(shop, this.parts, this.options);
    this.#pipelines.set(shop.shop, pipeline);
    try {
      await pipeline.start();
      this.#failed.delete(shop.shop);
      this.parts.alarms.clear('start-failed', shop.shop, 'start');
    } catch (error) {
      this.#pipelines.delete(shop.shop);
      await pipeline
        .stop()
        .catch((fault: unknown) => this.parts.log.warn({ shop: shop.shop, error: String(fault) }, 'not stopped cleanly'));
      const away = error instanceof StreamingError && error.code === 'broker-unreachable';
      // At the boot that concerns every shop; though a topic that was made just now may take a moment to have its leader.
      if (away && this.#watching === undefined && attempt === bootAttempts) throw error;
      this.failedToStart(shop.shop, error);
      if (away && this.#watching === undefined) {
        await sleep(againMs[0]);
        await this.startOne(shop, attempt + 1);
      }
    }
  }

  private failedToStart(shop: string, error: unknown): void {
    const times = (this.#failed.get(shop)?.times ?? 0) + 1;
    this.#failed.set(shop, { times, nextAt: performance.now() + (againMs[times - 1] ?? 30_000) });
    const why = error instanceof Error ? error.message : String(error);
    this.parts.log.warn({ shop, error: why, times }, 'a shop could not be started, it is tried again');
    this.parts.alarms.raise('start-failed', shop, 'start', `The shop could not be started and is tried again: ${why}`);
  }
}
