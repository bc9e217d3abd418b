import type { Streaming } from '#streaming';
import { isSandbox, type ReadGate, type Shop, type ShopRepository } from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShopScorer, type ScorerParts, type ScoringAlarms } from './shop-scorer.js';
import { ShopWakes } from './shop-wakes.js';
import type { ScoringMetrics } from './scoring.metrics.js';

/** How often the registry is asked for shops that came or went. */
const registryMs = 1_000;
/** Two looks at a shop begin at least this far apart: what comes meanwhile is decided on together, and planning a statement costs as much for one as for a hundred. */
const paceMs = 100;
const retryMs = 1_000;

const unheard: ScoringAlarms = { raise: () => undefined, clear: () => undefined };

interface Running {
  readonly shop: Shop;
  readonly wakes: ShopWakes;
  readonly scorer: ShopScorer;
  readonly stop: () => Promise<void>;
}

export interface ScorerServiceParts {
  readonly directory: Pick<ShopRepository, 'list' | 'pending'>;
  readonly gate: ReadGate;
  readonly streaming: Streaming;
  readonly metrics: ScoringMetrics;
  /** The parts of one shop's scorer. */
  readonly partsOf: (shop: Shop, alarms: ScoringAlarms) => ScorerParts;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/**
 * Scores every shop of the registry, and each that is registered later. Sandboxes are left out: they have no topics. A shop whose scoring
 * fails is tried again; nothing else waits for it.
 */
export class ScorerService {
  readonly #running = new Map<string, Running>();
  readonly #failing = new Map<string, string>();
  readonly #stop = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  #alarms: ScoringAlarms = unheard;

  constructor(private readonly parts: ScorerServiceParts) {
    parts.gate.onMoved((shop) => {
      for (const running of this.#running.values()) if (running.shop.shop === shop) running.wakes.wake();
    });
  }

  /** Shops whose last look failed, with why. */
  get failing(): ReadonlyMap<string, string> {
    return this.#failing;
  }
  get shops(): number {
    return this.#running.size;
  }
  /** Whether it is this process that scores a shop. */
  scores({ database }: Shop): boolean {
    return this.#running.get(database)?.scorer.isOpen ?? false;
  }

  /** @param alarms what a person should look at; it is in the log in any case */
  start(alarms: ScoringAlarms = unheard): Promise<void> {
    this.#alarms = alarms;
    this.#watching = this.watch();
    return Promise.resolve();
  }

  /** Lets the batches under way end: what was written is told too. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
    await Promise.all([...this.#running.values()].map((running) => running.stop()));
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
    const { gate, streaming, metrics, log } = this.parts;
    const scorer = new ShopScorer(shop, this.parts.partsOf(shop, this.#alarms));
    const wakes = new ShopWakes(shop, gate, streaming, log);
    const stopped = new AbortController();
    const loop = async (): Promise<void> => {
      while (!stopped.signal.aborted) {
        const begun = performance.now();
        let more = false;
        try {
          more = await scorer.look(stopped.signal);
          this.#failing.delete(shop.shop);
          if (scorer.lagSeconds !== undefined) metrics.behind(shop.shop, scorer.lagSeconds);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          if (this.#failing.get(shop.shop) !== why) log.warn({ shop: shop.shop, error: why }, 'scoring failed, it is tried again');
          this.#failing.set(shop.shop, why);
          await sleep(retryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
        }
        if (!more) await wakes.next();
        const rest = paceMs - (performance.now() - begun);
        if (rest > 0) await sleep(rest, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    };
    const ended = loop();
    return {
      shop,
      wakes,
      scorer,
      stop: async () => {
        stopped.abort();
        await wakes.stop();
        await ended;
        await scorer.stop();
        this.#failing.delete(shop.shop);
      },
    };
  }
}
