import { sql, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';

/**
 * What came after an instant, as finally known: per customer the orders in (as_of, as_of + days] and their net sales (gross less
 * discounts less refunds of them, whenever those came). A customer without a row has no order there. Whole numbers and a Decimal.
 */
export function customerOrdersAfterSql(shop: Shop, asOf: Date, days: number): Sql {
  const [from, to] = [sql`${asOf}`, sql`addMilliseconds(${asOf}, toInt64(${days} * 86400000))`];
  return sql`SELECT k.customer_id AS customer_id, orders, sold - refunds AS net
FROM
(
    SELECT customer_key, uniqExact(s.order_id) AS orders, sum(sold_of_order) AS sold, sum(refunds_of_order) AS refunds
    FROM
    (
        SELECT customer_key, order_id, sum(gross) - sum(toDecimal128(discount, 6) + order_discount) AS sold_of_order
        FROM ${tableOf(shop, 'fact_sales')} FINAL
        WHERE order_time > ${from} AND order_time <= ${to} AND customer_key != 0
        GROUP BY customer_key, order_id
    ) AS s
    LEFT JOIN
    (
        SELECT order_id, sum(toDecimal128(amount, 6)) AS refunds_of_order
        FROM ${tableOf(shop, 'fact_returns')} FINAL WHERE convention = 'order-date' AND order_known
        GROUP BY order_id
    ) AS r ON s.order_id = r.order_id
    GROUP BY customer_key
) AS c
INNER JOIN ${tableOf(shop, 'dim_customer_keys')} AS k ON c.customer_key = k.customer_key`;
}

/**
 * Where the history begins and ends, for the choice of cut-offs: instants of the first and last order, of the last arrival, and the
 * shop's clock; and its customers with an order. One row.
 */
export function historyExtentSql(shop: Shop): Sql {
  return sql`SELECT
    min(order_time) AS first_order, max(order_time) AS last_order, uniqExactIf(customer_key, customer_key != 0) AS customers,
    (SELECT max(recorded_time) FROM ${tableOf(shop, 'ledger')} WHERE verdict = 'accepted') AS last_arrival,
    (SELECT argMax(clock, generation) FROM ${tableOf(shop, 'watermark')}) AS clock
FROM ${tableOf(shop, 'fact_sales')} FINAL`;
}
