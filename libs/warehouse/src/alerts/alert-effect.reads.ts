import { sql, type ClickHouse, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';

/** One group of an experiment: the customers of a rule who were written to, or those who were left alone. */
export interface EffectGroup {
  /** Customers on whom the rule decided. */
  readonly customers: number;
  /** Of those, whose window is over. */
  readonly closed: number;
  /** Net sales of the closed windows, a decimal string. */
  readonly netSales: string;
  /** Mean and sample variance of the net sales per closed customer, as floats: an estimate, not a figure of money. */
  readonly mean: number;
  readonly variance: number;
}

/**
 * Net sales of customers in the days after a rule first decided to send an alert about them, or to hold it out. Each customer counts once,
 * with the first decision: windows of one customer that overlap would count the same orders twice.
 * A customer is of one group for good, for the draw is a hash of shop, rule and customer.
 * @param clock the shop's time, by which windows are over
 */
export function alertEffectSql(shop: Shop, rule: string, windowDays: number, clock: Date): Sql {
  const log = tableOf(shop, 'alert_log');
  const decided = sql`rule = ${rule} AND ((kind = 'alert' AND what = 'opened') OR (kind = 'suppressed' AND what = 'holdout'))`;
  const keys = sql`(SELECT DISTINCT customer_id, customer_key FROM ${tableOf(shop, 'dim_customer_keys')}
            WHERE customer_id IN (SELECT customer_id FROM ${log} FINAL WHERE ${decided}))`;
  return sql`SELECT treated, count() AS customers, countIf(closed) AS closed_customers, toString(sumIf(net, closed)) AS net_sales,
    avgIf(toFloat64(net), closed) AS mean, varSampIf(toFloat64(net), closed) AS variance
FROM
(
    SELECT d.customer_id AS customer_id, any(d.treated) AS treated, any(d.closed) AS closed,
        sumIf(f.gross - f.discount - f.refund, f.at > d.decided AND f.at <= addDays(d.decided, ${windowDays})) AS net
    FROM
    (
        SELECT customer_id, argMin(kind = 'alert', l.at) AS treated, min(l.at) AS decided, addDays(decided, ${windowDays}) <= ${clock} AS closed
        FROM ${log} AS l FINAL WHERE ${decided} GROUP BY customer_id
    ) AS d
    LEFT JOIN
    (
        SELECT n.customer_id AS customer_id, t.at AS at, t.gross AS gross, t.discount AS discount, t.refund AS refund
        FROM (SELECT * FROM ${tableOf(shop, 'facts_by_customer')} FINAL PREWHERE customer_key IN (SELECT customer_key FROM ${keys})) AS t
        INNER JOIN ${keys} AS n ON n.customer_key = t.customer_key
    ) AS f ON f.customer_id = d.customer_id
    GROUP BY d.customer_id
)
GROUP BY treated ORDER BY treated`;
}

/** What alerts of a rule brought. */
export class AlertEffectReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  async groups(shop: Shop, rule: string, windowDays: number, clock: Date): Promise<{ treated: EffectGroup; holdout: EffectGroup }> {
    const rows = await this.clickhouse.query<{
      treated: number;
      customers: string;
      closed_customers: string;
      net_sales: string;
      mean: number | null;
      variance: number | null;
    }>(alertEffectSql(shop, rule, windowDays, clock));
    const of = (treated: number): EffectGroup => {
      const row = rows.find((each) => Number(each.treated) === treated);
      if (!row) return { customers: 0, closed: 0, netSales: '0', mean: Number.NaN, variance: Number.NaN };
      return {
        customers: Number(row.customers),
        closed: Number(row.closed_customers),
        netSales: row.net_sales,
        // The engine prints a mean of nothing as null.
        mean: row.mean ?? Number.NaN,
        variance: row.variance ?? Number.NaN,
      };
    };
    return { treated: of(1), holdout: of(0) };
  }
}
