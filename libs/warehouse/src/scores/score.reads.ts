import type { ScoreBand } from '#contracts';
import { ident, join, sql, type ClickHouse } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import { instantOf } from '../watermark.repository.js';
import { decisionColumns, decisionOf, stateOf, type DecisionRow, type ScoreDecision, type ScorerState } from './score-rows.js';

/** How many customers are in a band, and the mean of their probabilities. */
export interface BandCount {
  readonly band: ScoreBand;
  readonly customers: number;
  readonly mean: number;
}

export interface ScoresSummary {
  readonly state: ScorerState | undefined;
  readonly bands: readonly BandCount[];
  /** Unix milliseconds. */
  readonly nextCrossing: number | undefined;
}

/** What the scorer of a shop has decided, for those who read it. Only the scores that count. */
export class ScoreReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  async summary(shop: Shop): Promise<ScoresSummary> {
    const rows = await this.clickhouse.query<{
      kind: string;
      band: string;
      customers: string;
      mean: number;
      next: string | null;
      state: string;
    }>(scoresSummarySql(shop));
    const checkpoint = rows.find(({ kind }) => kind === 'checkpoint');
    const bands = rows.filter(({ kind, band }) => kind === 'score' && band !== 'none');
    const next = bands.flatMap((row) => (row.next === null ? [] : [instantOf(row.next).getTime()]));
    return {
      state: checkpoint && stateOf(checkpoint.state),
      bands: bands.map(({ band, customers, mean }) => ({ band: band as ScoreBand, customers: Number(customers), mean })),
      nextCrossing: next.length > 0 ? Math.min(...next) : undefined,
    };
  }

  /** The newest decision on a customer; undefined where there is none that says something. */
  async ofCustomer(shop: Shop, customerId: string): Promise<ScoreDecision | undefined> {
    const [row] = await this.clickhouse.query<DecisionRow>(customerScoreSql(shop, customerId));
    return row && row.band !== 'none' ? decisionOf(row) : undefined;
  }
}

/** One row per band, and the checkpoint, in one statement: what was decided and how far that goes are of one batch. */
export function scoresSummarySql(shop: Shop) {
  return sql`SELECT kind, band, count() AS customers, avg(probability) AS mean, min(next_crossing) AS next, any(state) AS state
FROM ${tableOf(shop, 'churn_scores')} FINAL WHERE role = 'active' AND kind IN ('checkpoint', 'score') GROUP BY kind, band ORDER BY kind, band`;
}

export function customerScoreSql(shop: Shop, customerId: string) {
  return sql`SELECT customer_id, ${join(decisionColumns.map((column) => ident(column)))}
FROM ${tableOf(shop, 'churn_scores')} FINAL WHERE role = 'active' AND kind = 'score' AND customer_id = ${customerId}`;
}
