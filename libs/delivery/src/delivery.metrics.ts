import type { Metrics } from '#observability';
import type { DeliveryRow } from '#warehouse';

/** What becomes of deliveries. Names follow Prometheus: base units, `_total` for counters. */
export class DeliveryMetrics {
  readonly #steps;
  readonly #waiting;
  readonly #oldest;
  readonly #seconds;

  constructor(metrics: Metrics) {
    this.#steps = metrics.counter('tideline_deliveries_total', 'Steps of deliveries by channel: created, delivered, failed, dead', [
      ...['shop', 'channel', 'outcome'],
    ]);
    this.#waiting = metrics.gauge('tideline_deliveries_waiting', 'Deliveries in the outbox that this process is to send', ['shop']);
    this.#oldest = metrics.gauge('tideline_delivery_oldest_waiting_seconds', 'Age of the oldest of them that is due; 0 where none is', [
      'shop',
    ]);
    this.#seconds = metrics.histogram(
      'tideline_delivery_seconds',
      'From its creation in the outbox until a delivery was taken',
      [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 900, 3_600],
      ['shop'],
    );
  }

  /** To be told once rows are durable. */
  written(shop: string, rows: readonly Pick<DeliveryRow, 'what' | 'channel' | 'at' | 'createdAt'>[]): void {
    for (const { what, channel, at, createdAt } of rows) {
      this.#steps.inc({ shop, channel, outcome: what });
      if (what === 'delivered') this.#seconds.observe({ shop }, Math.max(0, at - createdAt) / 1_000);
    }
  }

  waiting(shop: string, deliveries: number, oldestSeconds: number): void {
    this.#waiting.set({ shop }, deliveries);
    this.#oldest.set({ shop }, oldestSeconds);
  }
}
