import { sql, type ClickHouse, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';

/** What is left of a product. */
export interface Stock {
  /** The newest count, `2025-12-31 18:00:00.000` in UTC. */
  readonly countedAt: string;
  /** Units counted less those sold since. Below zero: more was sold than was counted, so something came in that nobody counted. */
  readonly units: number;
}

/**
 * What is left at an instant of each product that was counted by then: the newest count less the units of live orders placed after it, up
 * to and with the instant. A count includes what was sold in its own moment. A return adds nothing: whether it can be sold again, and when
 * a delivery came, the next count tells. One row per product with a count.
 */
export function stockSql(shop: Shop, asOf: Date): Sql {
  return sql`WITH counts AS
(
    SELECT c.product_id AS product, max(c.counted_at) AS since, argMax(c.units, c.counted_at) AS counted
    FROM ${tableOf(shop, 'fact_stock_counts')} AS c FINAL WHERE c.counted_at <= ${asOf} GROUP BY product
)
SELECT product AS product_id, toString(since) AS counted_at, toInt64(counted) - sold AS units
FROM counts
LEFT JOIN
(
    SELECT product, sum(quantity) AS sold
    FROM
    (
        SELECT product_id AS product, quantity, order_time FROM ${tableOf(shop, 'fact_sales')} FINAL
        WHERE slice >= (SELECT toDateTime(min(since) - INTERVAL 5 SECOND) FROM counts) AND order_time <= ${asOf}
    ) AS s
    INNER JOIN counts AS c ON s.product = c.product
    WHERE s.order_time > c.since
    GROUP BY product
) AS o ON counts.product = o.product
ORDER BY product_id`;
}

/** Reads of stock. Meant to be called inside one `ReadGate.read` of the live level: counts settle, at most a second behind it. */
export class StockReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** Product -> what is left of it at an instant; without those that nobody counted. */
  async at(shop: Shop, asOf: Date): Promise<Map<string, Stock>> {
    const rows = await this.clickhouse.query<{ product_id: string; counted_at: string; units: string }>(stockSql(shop, asOf));
    return new Map(rows.map((row) => [row.product_id, { countedAt: row.counted_at, units: Number(row.units) }]));
  }
}
