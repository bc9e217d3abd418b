import type { ScoreBand } from '#contracts';
import { ident, join, sql, type ClickHouse } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import { instantOf } from '../watermark.repository.js';
import { decisionColumns, decisionOf, stateOf, wallGraceMs, type DecisionRow, type ScoreDecision, type ScorerState } from './score-rows.js';

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

  /**
   * Up to which instant of the shop all that is ever decided was told, Unix milliseconds: what is decided from here on lies later. Unknown
   * (undefined) before the first batch, and while a batch was written and is not known to have been told.
   */
  async toldUntil(shop: Shop): Promise<number | undefined> {
    const [row] = await this.clickhouse.query<{ state: string; moved: string; sent: string }>(scoresToldSql(shop));
    if (!row || row.state === '' || BigInt(row.moved) > BigInt(row.sent)) return undefined;
    return stateOf(row.state).clock - (shop.clockMode === 'wall' ? wallGraceMs : 0);
  }

  /** The newest decision on a customer; undefined where there is none that says something. */
  async ofCustomer(shop: Shop, customerId: string): Promise<ScoreDecision | undefined> {
    const [row] = await this.clickhouse.query<DecisionRow>(customerScoreSql(shop, customerId));
    return row && row.band !== 'none' ? decisionOf(row) : undefined;
  }
}

/** How far the scorer has come, and the batches that were written and told last: one statement, so they are of one moment. */
export function scoresToldSql(shop: Shop) {
  return sql`SELECT argMaxIf(state, sequence, kind = 'checkpoint') AS state, maxIf(sequence, kind = 'move') AS moved, maxIf(sequence, kind = 'sent') AS sent
FROM ${tableOf(shop, 'churn_scores')} WHERE role = 'active' AND kind IN ('checkpoint', 'sent', 'move')`;
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
