import type { Metrics } from '#observability';
import type { WrittenBatch } from './ledger/ledger-writer.js';
import type { Committed } from './refresh/refresher.js';

/** Counters and timings of all shops. Names follow Prometheus: base units, `_total` for counters. */
export class IngestionMetrics {
  readonly #rows;
  readonly #rejected;
  readonly #refresh;
  readonly #statement;

  constructor(metrics: Metrics) {
    this.#rows = metrics.counter('tideline_ledger_rows_total', 'Messages written to the ledger', ['shop', 'topic', 'verdict']);
    this.#rejected = metrics.counter('tideline_dead_letters_total', 'Messages that could not be used', ['shop', 'topic', 'reason']);
    this.#refresh = metrics.histogram(
      'tideline_refresh_seconds',
      'Time of a refresh step, by level',
      [0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
      ['shop', 'level'],
    );
    this.#statement = metrics.counter('tideline_refresh_statement_seconds_total', 'Time spent per statement of the refresh', [
      'shop',
      'level',
      'statement',
    ]);
  }

  written(shop: string, batch: WrittenBatch): void {
    this.#rows.inc({ shop, topic: batch.head.topic, verdict: 'accepted' }, batch.accepted);
    for (const [reason, count] of batch.rejected) {
      this.#rows.inc({ shop, topic: batch.head.topic, verdict: 'rejected' }, count);
      this.#rejected.inc({ shop, topic: batch.head.topic, reason }, count);
    }
  }

  refreshed(shop: string, step: Committed): void {
    this.#refresh.observe({ shop, level: step.level }, step.milliseconds / 1000);
    for (const [statement, milliseconds] of step.timings) this.#statement.inc({ shop, level: step.level, statement }, milliseconds / 1000);
  }
}
