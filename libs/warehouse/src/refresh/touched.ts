import { sql } from '#clickhouse';
import type { NamedStatement, StepSql } from './step.js';

/** Work tables of a step. */
export const scratchTables = [
  'scratch_touched',
  'scratch_orders',
  'scratch_returns',
  'scratch_keys',
  'scratch_sales',
  'scratch_refunds',
  'scratch_timeline',
  'scratch_dirty',
  'scratch_kpi',
  'scratch_customer_month',
  'scratch_campaign_days',
] as const;

export function emptyScratch(s: StepSql): NamedStatement[] {
  return scratchTables.map((table) => ({ name: `empty_${table}`, statement: sql`TRUNCATE TABLE ${s.table(table)}` }));
}

/**
 * Collects the touched orders and returns with ALL their versions up to the watermark, and marks the winners.
 * An order and its returns are always recomputed together. A correction may move a return from one order to another, so
 * every order that ANY version of a touched return names is touched too.
 */
export function collectTouched(s: StepSql): NamedStatement[] {
  const transactions = s.table('ledger_transactions');
  const returns = s.table('ledger_returns');
  const touched = s.table('scratch_touched');
  return [
    {
      name: 'touched_entities',
      statement: sql`INSERT INTO ${touched}
SELECT DISTINCT entity_id FROM
(
    SELECT entity_id FROM ${transactions} WHERE ${s.fresh('transactions.v1')}
    UNION ALL
    SELECT entity_id FROM ${returns}
    WHERE ${s.known('returns.v1')} AND return_id IN (SELECT return_id FROM ${returns} WHERE ${s.fresh('returns.v1')})
)`,
    },
    {
      name: 'touched_orders',
      // Equal revision and equal hash is equal content: which of the copies wins does not matter, that one does.
      statement: sql`INSERT INTO ${s.table('scratch_orders')}
SELECT
    order_id,
    count() OVER (PARTITION BY order_id) AS versions,
    row_number() OVER (PARTITION BY order_id ORDER BY revision DESC, hash DESC) = 1 AS winner,
    winner AND NOT cancelled AS live,
    order_time, ${s.slice(sql`order_time`)} AS slice, ${s.month(sql`order_time`)} AS month,
    customer_id, payment_method, channel, country, region, city, campaign_id, order_discount, shipping, tax,
    lines.line, lines.product_id, lines.quantity, lines.unit_price, lines.discount, lines.unit_cost
FROM ${transactions}
WHERE ${s.known('transactions.v1')} AND entity_id IN (SELECT entity_id FROM ${touched})`,
    },
    {
      name: 'touched_returns',
      // A return whose winner names an order outside the step stands there and stays as it is.
      statement: sql`INSERT INTO ${s.table('scratch_returns')}
SELECT
    return_id, winner,
    winner AND refunded AND NOT (order_known AND order_cancelled) AS live,
    winner AND refunded AND order_known AND order_cancelled AS left_out,
    order_id, order_known, customer_id, refunded, refund_time,
    ${s.slice(sql`refund_time`)} AS slice, ${s.month(sql`refund_time`)} AS month,
    lines.line, lines.order_line, lines.product_id, lines.quantity, lines.amount, lines.reason
FROM
(
    SELECT
        *,
        row_number() OVER (PARTITION BY return_id ORDER BY revision DESC, hash DESC) = 1 AS winner,
        first_value(entity_id) OVER (PARTITION BY return_id ORDER BY revision DESC, hash DESC) AS stands_at
    FROM ${returns}
    WHERE ${s.known('returns.v1')} AND return_id IN (
        SELECT return_id FROM ${returns} WHERE ${s.known('returns.v1')} AND entity_id IN (SELECT entity_id FROM ${touched}))
) AS r
LEFT JOIN
(
    SELECT order_id AS known_order_id, 1 AS order_known, max(winner AND NOT live) AS order_cancelled
    FROM ${s.table('scratch_orders')} GROUP BY order_id
) AS o ON r.order_id = o.known_order_id
WHERE stands_at IN (SELECT entity_id FROM ${touched})`,
    },
    {
      name: 'new_customer_keys',
      // Keys come before facts: a crash between the two leaves a key without a fact, never the other way round.
      statement: sql`INSERT INTO ${s.table('dim_customer_keys')}
SELECT customer_id, (SELECT max(customer_key) FROM ${s.table('dim_customer_keys')}) + row_number() OVER (ORDER BY customer_id)
FROM
(
    SELECT DISTINCT customer_id FROM
    (
        SELECT customer_id FROM ${s.table('scratch_orders')}
        UNION ALL
        SELECT customer_id FROM ${s.table('scratch_returns')}
        UNION ALL
        SELECT customer_id FROM ${s.table('ledger_customers')} WHERE ${s.fresh('customers.v1')}
    )
    WHERE customer_id != ''
)
WHERE customer_id NOT IN (SELECT customer_id FROM ${s.table('dim_customer_keys')})`,
    },
    {
      name: 'keys_of_customers',
      statement: sql`INSERT INTO ${s.table('scratch_keys')}
SELECT customer_id, customer_key FROM ${s.table('dim_customer_keys')}
WHERE customer_id IN (
    SELECT customer_id FROM ${s.table('scratch_orders')}
    UNION ALL
    SELECT customer_id FROM ${s.table('scratch_returns')}
    UNION ALL
    SELECT customer_id FROM ${s.table('ledger_customers')} WHERE ${s.fresh('customers.v1')})`,
    },
  ];
}
