import type { Streaming } from '#streaming';
import { isSandbox, isScored, ShopFailures, ShopFollower, type ReadGate, type Shop, type ShopRepository } from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShopScorer, type ScorerParts, type ScoringAlarms } from './shop-scorer.js';
import { ShopWakes } from './shop-wakes.js';
import type { ScoringMetrics } from './scoring.metrics.js';

/** Two looks at a shop begin at least this far apart: what comes meanwhile is decided on together, and planning a statement costs as much for one as for a hundred. */
const paceMs = 100;
const retryMs = 1_000;

const unheard: ScoringAlarms = { raise: () => undefined, clear: () => undefined };

interface Running {
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
 * Scores every shop of the registry, and each that is registered later; of sandboxes those that were asked for so. A shop whose scoring
 * fails is tried again; nothing else waits for it.
 */
export class ScorerService {
  readonly #shops: ShopFollower<Running>;
  readonly #failures: ShopFailures;
  #alarms: ScoringAlarms = unheard;

  constructor(private readonly parts: ScorerServiceParts) {
    const { directory, gate, log } = parts;
    this.#shops = new ShopFollower({ directory, follows: isScored, run: (shop) => this.run(shop), log });
    this.#failures = new ShopFailures(log, 'scoring failed, it is tried again');
    gate.onMoved((shop) => {
      for (const { wakes } of this.#shops.named(shop)) wakes.wake();
    });
  }

  /** Shops whose last look failed, with why. */
  get failing(): ReadonlyMap<string, string> {
    return this.#failures.all;
  }
  get shops(): number {
    return this.#shops.size;
  }
  /** Whether it is this process that scores a shop. */
  scores(shop: Shop): boolean {
    return this.#shops.find(shop)?.scorer.isOpen ?? false;
  }

  /** @param alarms what a person should look at; it is in the log in any case */
  start(alarms: ScoringAlarms = unheard): Promise<void> {
    this.#alarms = alarms;
    this.#shops.start();
    return Promise.resolve();
  }

  /** Lets the batches under way end: what was written is told too. */
  stop(): Promise<void> {
    return this.#shops.stop();
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
          this.#failures.well(shop);
          // Between two ticks of a replay there may be weeks, and the sandbox may be gone tomorrow.
          if (scorer.lagSeconds !== undefined && !isSandbox(shop)) metrics.behind(shop.shop, scorer.lagSeconds);
        } catch (error) {
          this.#failures.failed(shop, error);
          await sleep(retryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
        }
        if (!more) await wakes.next();
        const rest = paceMs - (performance.now() - begun);
        if (rest > 0) await sleep(rest, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    };
    const ended = loop();
    return {
      wakes,
      scorer,
      stop: async () => {
        stopped.abort();
        await wakes.stop();
        await ended;
        await scorer.stop();
        this.#failures.well(shop);
      },
    };
  }
}
