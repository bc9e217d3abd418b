import type { ModelDrift } from '#contracts';
import type { Metrics } from '#observability';

/** How the models of all shops do. A value that is not known is not there. */
export class ScoreboardMetrics {
  readonly #error;
  readonly #auc;
  readonly #psi;

  constructor(metrics: Metrics) {
    const labels = ['shop', 'role'];
    this.#error = metrics.gauge(
      'tideline_model_calibration_error',
      'Share of customers without an order minus what was predicted, newest known months',
      labels,
    );
    this.#auc = metrics.gauge('tideline_model_auc', 'AUC of scores whose outcome is known and was not at the training', labels);
    this.#psi = metrics.gauge('tideline_model_psi', 'Population stability index of the score, and of the feature that moved most', [
      ...labels,
      'of',
    ]);
  }

  matured(shop: string, role: string, difference: number | null, auc: number | null): void {
    for (const [gauge, value] of [
      [this.#error, difference],
      [this.#auc, auc],
    ] as const) {
      if (value === null) gauge.remove({ shop, role });
      else gauge.set({ shop, role }, value);
    }
  }

  drifted(shop: string, role: string, { score, features }: Pick<ModelDrift, 'score' | 'features'>): void {
    this.#psi.set({ shop, role, of: 'score' }, score.psi);
    const largest = features.find(({ state }) => state !== 'calendar');
    this.#psi.set({ shop, role, of: 'largest-feature' }, largest?.psi ?? 0);
  }

  forget(shop: string, role: string): void {
    for (const gauge of [this.#error, this.#auc]) gauge.remove({ shop, role });
    for (const of of ['score', 'largest-feature']) this.#psi.remove({ shop, role, of });
  }
}
