import { sql } from '#clickhouse';
import type { NamedStatement, StepSql } from './step.js';

/** Customer x month from the customers' timelines, then the customer's life from its months. What emptied gets a tombstone. */
export function writeCustomers(s: StepSql): NamedStatement[] {
  const months = s.table('agg_customer_month');
  const dirty = s.scratch('customers');
  return [
    {
      name: 'agg_customer_month',
      statement: sql`INSERT INTO ${months}
SELECT
    month, customer_key, uniqExactIf(document_id, counts AND kind = 'sale'), sumIf(quantity, kind = 'sale'), sum(gross), sum(discount), sum(refund),
    minOrNullIf(at, counts AND kind = 'sale'), maxOrNullIf(at, counts AND kind = 'sale'), ${s.generation}, NOT max(counts)
FROM
(
    SELECT month, customer_key, kind, document_id, at, quantity, gross, discount, refund, 1 AS counts
    FROM ${s.table('facts_by_customer')} FINAL
    WHERE (month, customer_key) IN (SELECT month, customer_key FROM ${dirty})
    UNION ALL
    SELECT month, customer_key, 'sale', '', toDateTime64(0, 3, 'UTC'), 0, 0, 0, 0, 0 FROM ${dirty}
)
GROUP BY month, customer_key`,
    },
    {
      name: 'agg_customer',
      statement: sql`INSERT INTO ${s.table('agg_customer')}
SELECT
    customer_key, sum(orders), sum(units), sum(gross), sum(discounts), sum(returns), min(first_order), max(last_order), ${s.generation}, min(gone)
FROM
(
    SELECT customer_key, orders, units, gross, discounts, returns, first_order, last_order, 0 AS gone FROM ${months} FINAL
    WHERE customer_key IN (SELECT customer_key FROM ${dirty})
    UNION ALL
    SELECT DISTINCT customer_key, 0, 0, 0, 0, 0, NULL, NULL, 1 FROM ${dirty}
)
GROUP BY customer_key`,
    },
  ];
}
