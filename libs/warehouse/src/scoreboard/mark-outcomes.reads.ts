import { join, sql, type ClickHouse, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import { instantOf } from '../watermark.repository.js';

/** Marks whose outcome is asked for. Their windows must be over by the shop's clock: whoever asks knows which. */
export interface OutcomeQuery {
  readonly model: string;
  /** Starts of months, Unix milliseconds; at least one. */
  readonly references: readonly number[];
  readonly horizonDays: number;
  /** From the lowest up; each begins at `from`. */
  readonly bands: readonly { readonly band: string; readonly from: number }[];
  /** Only customers whose last order lay at most so many days before the reference. */
  readonly activeDays?: number;
}

/**
 * Sums over the marks of one month, band and tenth. Tenths are of all marks asked for, as the trainer's: by probability from the lowest,
 * sizes equal but for one. All measures follow from these sums, so parts of them can be put together.
 */
export interface OutcomeCell {
  /** Unix milliseconds. */
  readonly reference: number;
  readonly band: string;
  /** 0 to 9. */
  readonly tenth: number;
  readonly customers: number;
  /** Customers without an order in (reference, reference + horizon]. */
  readonly gone: number;
  /** Sum of the probabilities. */
  readonly predicted: number;
  /** Sum of p (1 - p). */
  readonly variance: number;
  /** Sum of squared distances of probability and outcome. */
  readonly brier: number;
  /** Sum of log losses in nats, probabilities kept 1e-7 from the ends. */
  readonly logLoss: number;
  /** Sum of the ranks of those who are gone, among all marks asked for, from 1; tied ones share the mean of theirs. */
  readonly goneRanks: number;
}

/**
 * What happened to marked customers, as finally known: an order that was cancelled since is none, one that was told late counts. Orders are
 * read from `facts_by_customer`, once for all months.
 */
export function markOutcomesSql(shop: Shop, { model, references, horizonDays, bands, activeDays }: OutcomeQuery): Sql {
  const days = (at: number, count: number): Date => new Date(at + count * 86_400_000);
  const [first, last] = [Math.min(...references), Math.max(...references)];
  const active = activeDays === undefined ? sql`` : sql` AND recency <= ${activeDays}`;
  const band = [...bands].reverse().map(({ band, from }) => sql`probability >= ${from}, ${band}`);
  return sql`SELECT
    reference, band, tenth, count() AS customers, sum(silent) AS gone, sum(probability) AS predicted, sum(probability * (1 - probability)) AS variance,
    sum((probability - silent) * (probability - silent)) AS brier, sum(-if(silent, log(inside), log1p(-inside))) AS log_loss,
    sumIf(first_rank + (tied - 1) / 2, silent) AS gone_ranks
FROM
(
    SELECT *,
        intDiv(size, 10) AS small, size % 10 AS larger, larger * (small + 1) AS in_larger,
        if(number < in_larger, intDiv(number, small + 1), larger + intDiv(number - in_larger, greatest(small, 1))) AS tenth,
        least(greatest(probability, 1e-7), 1 - 1e-7) AS inside, multiIf(${join(band)}, '') AS band
    FROM
    (
        SELECT *,
            toInt64(row_number() OVER (ORDER BY probability, reference, customer_id)) - 1 AS number, toInt64(count() OVER ()) AS size,
            rank() OVER (ORDER BY probability) AS first_rank, count() OVER (PARTITION BY probability) AS tied
        FROM
        (
            SELECT
                m.reference AS reference, m.customer_id AS customer_id, m.probability AS probability,
                NOT arrayExists(t -> t > m.reference AND t <= addMilliseconds(m.reference, toInt64(${horizonDays * 86_400_000})), o.bought) AS silent
            FROM
            (
                SELECT reference, customer_id, probability FROM ${tableOf(shop, 'churn_marks')} FINAL
                WHERE model = ${model} AND reference IN ${references.map((at) => new Date(at))}${active}
            ) AS m
            LEFT JOIN
            (
                SELECT k.customer_id AS customer_id, groupUniqArray(f.at) AS bought
                FROM
                (
                    SELECT customer_key, at FROM ${tableOf(shop, 'facts_by_customer')} FINAL
                    PREWHERE month >= toDate(${days(first, -32)}) AND month <= toDate(${days(last, horizonDays + 32)})
                    WHERE kind = 'sale' AND at > ${new Date(first)} AND at <= ${days(last, horizonDays)}
                ) AS f
                INNER JOIN (SELECT DISTINCT customer_id, customer_key FROM ${tableOf(shop, 'dim_customer_keys')}) AS k ON f.customer_key = k.customer_key
                GROUP BY customer_id
            ) AS o ON o.customer_id = m.customer_id
        )
    )
)
GROUP BY reference, band, tenth ORDER BY reference, tenth, band`;
}

interface Row {
  readonly reference: string;
  readonly band: string;
  readonly tenth: string | number;
  readonly customers: string;
  readonly gone: string;
  readonly predicted: number;
  readonly variance: number;
  readonly brier: number;
  readonly log_loss: number;
  readonly gone_ranks: number;
}

/** Predicted against happened. Must lie inside a `ReadGate.read` of the settled level. */
export class MarkOutcomeReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  async cells(shop: Shop, query: OutcomeQuery): Promise<OutcomeCell[]> {
    if (query.references.length === 0) return [];
    const rows = await this.clickhouse.query<Row>(markOutcomesSql(shop, query), 'background');
    return rows.map(({ reference, band, log_loss, gone_ranks, ...sums }) => ({
      ...{ reference: instantOf(reference).getTime(), band, tenth: Number(sums.tenth) },
      ...{ customers: Number(sums.customers), gone: Number(sums.gone), predicted: sums.predicted, variance: sums.variance },
      ...{ brier: sums.brier, logLoss: log_loss, goneRanks: gone_ranks },
    }));
  }
}
