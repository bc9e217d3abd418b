import type { Metrics } from '#observability';
import type { AlertLogRow } from '#warehouse';

/** What happens to alerts. Names follow Prometheus: base units, `_total` for counters. */
export class AlertsMetrics {
  readonly #steps;
  readonly #suppressed;
  readonly #refused;
  readonly #dead;
  readonly #batch;

  constructor(metrics: Metrics) {
    this.#steps = metrics.counter('tideline_alert_steps_total', 'Steps of alerts: opened, acknowledged, recovered, ...', [
      'shop',
      'rule',
      'step',
    ]);
    this.#suppressed = metrics.counter('tideline_alerts_suppressed_total', 'Alerts that were not sent', ['shop', 'rule', 'reason']);
    this.#refused = metrics.counter('tideline_alert_commands_refused_total', 'Commands on alerts that were refused', ['shop', 'code']);
    this.#dead = metrics.counter('tideline_alert_dead_letters_total', 'Messages on alerts.v1 that could not be used', ['shop', 'reason']);
    this.#batch = metrics.histogram(
      'tideline_alert_batch_seconds',
      'From a batch of alerts.v1 until what follows from it is durable',
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      ['shop'],
    );
  }

  /** To be told once rows are durable. */
  written(shop: string, rows: readonly AlertLogRow[], milliseconds: number): void {
    this.#batch.observe({ shop }, milliseconds / 1000);
    for (const { kind, rule, what } of rows) {
      if (kind === 'alert') this.#steps.inc({ shop, rule, step: what });
      if (kind === 'suppressed') this.#suppressed.inc({ shop, rule, reason: what });
      if (kind === 'refused') this.#refused.inc({ shop, code: what });
      if (kind === 'dead') this.#dead.inc({ shop, reason: what });
    }
  }
}
