import { isSandbox, ShopFailures, type Shop } from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScoringAlarms } from '../scorer/shop-scorer.js';
import { ShopWatch, type WatchParts } from './shop-watch.js';

/** Nothing is done before: a start has other things to do. */
const quietMs = 60_000;
/** Between two turns, whatever the shop's clock does: a turn takes a second or so of the background lane. */
const turnMs = 20_000;
/** How long a stop waits for the turn under way: it ends at its next chunk of customers, but for a statement that runs. */
const patienceMs = 5_000;

const unheard: ScoringAlarms = { raise: () => undefined, clear: () => undefined };

export interface ModelWatchParts {
  readonly directory: { list(): Promise<readonly Shop[]> };
  /** Whether this process scores the shop: another one watches the others. */
  readonly scores: (shop: Shop) => boolean;
  readonly partsOf: (shop: Shop, alarms: ScoringAlarms) => WatchParts;
  readonly log: { warn(fields: object, message: string): void };
  readonly quietMs?: number;
  readonly turnMs?: number;
  readonly patienceMs?: number;
}

/** Watches the models of every shop that this process scores, one turn at a time. Fails for one shop alone. */
export class ModelWatchService {
  readonly #watches = new Map<string, ShopWatch>();
  readonly #failures: ShopFailures;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #alarms: ScoringAlarms = unheard;

  constructor(private readonly parts: ModelWatchParts) {
    this.#failures = new ShopFailures(parts.log, 'the models of a shop could not be looked at, it is tried again');
  }

  /** @param alarms told when calibration leaves its band, and when it is back */
  start(alarms: ScoringAlarms = unheard): void {
    this.#alarms = alarms;
    this.#running = this.run();
  }

  /** Cuts the turn under way short. A statement that takes longer is left to end by itself: nothing is written of it. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.race([this.#running, sleep(this.parts.patienceMs ?? patienceMs, undefined, { ref: false })]);
  }

  private async run(): Promise<void> {
    const { signal } = this.#stop;
    const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
    await pause(this.parts.quietMs ?? quietMs);
    while (!signal.aborted) {
      await this.round().catch((error: unknown) =>
        this.parts.log.warn({ error: String(error) }, 'the models of no shop could be looked at'),
      );
      await pause(this.parts.turnMs ?? turnMs);
    }
  }

  /** One turn of each shop. */
  private async round(): Promise<void> {
    const shops = (await this.parts.directory.list()).filter((shop) => !isSandbox(shop) && this.parts.scores(shop));
    for (const [database, watch] of this.#watches) {
      if (shops.some((shop) => shop.database === database)) continue;
      watch.leave();
      this.#watches.delete(database);
    }
    for (const shop of shops) {
      if (this.#stop.signal.aborted) return;
      const watch = this.#watches.get(shop.database) ?? new ShopWatch(shop, this.parts.partsOf(shop, this.#alarms));
      this.#watches.set(shop.database, watch);
      try {
        await watch.turn(this.#stop.signal);
        this.#failures.well(shop);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#failures.failed(shop, error);
      }
    }
  }
}
