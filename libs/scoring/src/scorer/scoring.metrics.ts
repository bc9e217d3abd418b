import type { Metrics } from '#observability';
import { isMove, type ScoreDecision, type ScoreRole } from '#warehouse';

/** Counters and timings of all shops. */
export class ScoringMetrics {
  readonly #scored;
  readonly #moved;
  readonly #refused;
  readonly #seconds;
  readonly #lag;

  constructor(metrics: Metrics) {
    this.#scored = metrics.counter('tideline_scored_total', 'Decisions on customers', ['shop', 'role', 'cause']);
    this.#moved = metrics.counter('tideline_bands_changed_total', 'Decisions that changed a band', ['shop', 'role', 'band']);
    this.#refused = metrics.counter('tideline_scores_refused_total', 'Customers whose features no model can read', ['shop', 'feature']);
    this.#seconds = metrics.histogram(
      'tideline_scoring_seconds',
      'Time of a batch: features, scores, next crossings, written and told',
      [0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6],
      ['shop', 'role'],
    );
    this.#lag = metrics.gauge('tideline_scoring_lag_seconds', "How far the decisions lie behind the shop's clock, in seconds of the shop", [
      'shop',
    ]);
  }

  scored(shop: string, role: ScoreRole, decisions: readonly ScoreDecision[], seconds: number): void {
    for (const decision of decisions) {
      this.#scored.inc({ shop, role, cause: decision.cause });
      if (isMove(decision)) this.#moved.inc({ shop, role, band: decision.band });
    }
    this.#seconds.observe({ shop, role }, seconds);
  }

  refused(shop: string, feature: string): void {
    this.#refused.inc({ shop, feature });
  }

  behind(shop: string, seconds: number): void {
    this.#lag.set({ shop }, seconds);
  }
}
