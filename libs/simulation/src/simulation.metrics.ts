import type { Metrics } from '#observability';

/** What was sent, and up to when. */
export class SimulationMetrics {
  readonly #events;
  readonly #shopTime;

  constructor(metrics: Metrics) {
    this.#events = metrics.counter('tideline_simulator_events_total', 'Events of the simulated world that the broker took', ['shop']);
    this.#shopTime = metrics.gauge(
      'tideline_simulator_shop_time_seconds',
      'Shop time: all that was recorded up to it was sent; Unix seconds',
      ['shop'],
    );
  }

  moved(shop: string, through: number, sent: number): void {
    this.#events.inc({ shop }, sent);
    this.#shopTime.set({ shop }, through / 1_000);
  }
}
