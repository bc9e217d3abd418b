import { sql, type ClickHouse } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import { refreshStatements } from './statements.js';
import type { NamedStatement, Step } from './step.js';

/** How long each statement of a step took, in milliseconds, for metrics and profiles. */
export type StepTimings = ReadonlyMap<string, number>;

/** Runs the statements of a refresh step. */
export class RefreshRepository {
  /** Databases whose work tables are known to be empty: a step that failed or was killed may have left rows. */
  readonly #empty = new Set<string>();

  constructor(private readonly clickhouse: ClickHouse) {}

  /**
   * @param write wraps the part in which readers could see a half-moved state; the gate gives it
   */
  async run(step: Step, write: (work: () => Promise<void>) => Promise<void>): Promise<StepTimings> {
    const timings = new Map<string, number>();
    const all = async (statements: readonly NamedStatement[]): Promise<void> => {
      for (const { name, statement } of statements) {
        const start = performance.now();
        await this.clickhouse.command(statement, 'refresher');
        timings.set(name, performance.now() - start);
      }
    };
    const { database } = step.shop;
    const { prepare, write: writing, empty } = refreshStatements(step);
    if (!this.#empty.delete(database)) await all(empty);
    await all(prepare);
    await write(() => all(writing));
    await all(empty);
    this.#empty.add(database);
    return timings;
  }

  /**
   * Refreshes the materialized views, in the order in which they read one another.
   * Each `WAIT` raises what went wrong inside the view's own query.
   */
  async refreshViews(shop: Shop): Promise<void> {
    for (const view of refreshableViews) {
      await this.clickhouse.command(sql`SYSTEM REFRESH VIEW ${tableOf(shop, view)}`, 'refresher');
      await this.clickhouse.command(sql`SYSTEM WAIT VIEW ${tableOf(shop, view)}`, 'refresher');
    }
  }
}

const refreshableViews = ['mv_rfm_scores', 'mv_cohort_retention', 'mv_segment_flow'] as const;
