import { sql } from '#clickhouse';
import type { NamedStatement, StepSql } from './step.js';

/** Customer x month from the customers' timeline, then the customer's life from its months. */
export function writeCustomers(s: StepSql): NamedStatement[] {
  const months = s.table('agg_customer_month');
  const scratch = s.table('scratch_customer_month');
  const timeline = s.table('scratch_timeline');
  const dirtyPairs = sql`(SELECT DISTINCT month, customer_key FROM ${timeline})`;
  const dirtyCustomers = sql`(SELECT DISTINCT customer_key FROM ${timeline})`;
  return [
    {
      name: 'customer_months',
      statement: sql`INSERT INTO ${scratch}
SELECT
    month, customer_key, uniqExactIf(document_id, kind = 'sale'), sumIf(quantity, kind = 'sale'), sum(gross), sum(discount), sum(refund),
    minOrNullIf(at, kind = 'sale'), maxOrNullIf(at, kind = 'sale'), ${s.generation}, 0
FROM ${s.table('facts_by_customer')} FINAL
WHERE (month, customer_key) IN ${dirtyPairs}
GROUP BY month, customer_key`,
    },
    {
      name: 'customer_months_emptied',
      statement: sql`INSERT INTO ${scratch} (month, customer_key, generation, is_deleted)
SELECT month, customer_key, ${s.generation}, 1 FROM ${timeline}
WHERE (month, customer_key) NOT IN (SELECT month, customer_key FROM ${scratch})
GROUP BY month, customer_key`,
    },
    { name: 'agg_customer_month', statement: sql`INSERT INTO ${months} SELECT * FROM ${scratch}` },
    {
      name: 'agg_customer',
      statement: sql`INSERT INTO ${s.table('agg_customer')}
SELECT
    customer_key, sum(orders), sum(units), sum(gross), sum(discounts), sum(returns), min(first_order), max(last_order), ${s.generation}, min(gone)
FROM
(
    SELECT customer_key, orders, units, gross, discounts, returns, first_order, last_order, 0 AS gone FROM ${months} FINAL
    WHERE customer_key IN ${dirtyCustomers}
    UNION ALL
    SELECT customer_key, 0, 0, 0, 0, 0, NULL, NULL, 1 FROM ${timeline} GROUP BY customer_key
)
GROUP BY customer_key`,
    },
  ];
}
