import { sql } from '#clickhouse';
import type { DirtySql } from './dirty.js';
import type { NamedStatement, StepSql } from './step.js';

/**
 * Customer x month from the customers' timelines, then the customer's life from its months. What emptied gets a tombstone.
 * @param since as for `writeKpis`: a life is then what stood and what the new orders add
 */
export function writeCustomers(s: StepSql, dirty: DirtySql, since?: bigint): NamedStatement[] {
  return [months(s), since === undefined ? lives(s) : addToLives(s, dirty, since)];
}

function months(s: StepSql): NamedStatement {
  const dirty = s.scratch('customers');
  return {
    name: 'agg_customer_month',
    statement: sql`INSERT INTO ${s.table('agg_customer_month')}
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
  };
}

function lives(s: StepSql): NamedStatement {
  const dirty = s.scratch('customers');
  return {
    name: 'agg_customer',
    statement: sql`INSERT INTO ${s.table('agg_customer')}
SELECT
    customer_key, sum(orders), sum(units), sum(gross), sum(discounts), sum(returns), min(first_order), max(last_order), ${s.generation}, min(gone)
FROM
(
    SELECT customer_key, orders, units, gross, discounts, returns, first_order, last_order, 0 AS gone FROM ${s.table('agg_customer_month')} FINAL
    WHERE customer_key IN (SELECT customer_key FROM ${dirty})
    UNION ALL
    SELECT DISTINCT customer_key, 0, 0, 0, 0, 0, NULL, NULL, 1 FROM ${dirty}
)
GROUP BY customer_key`,
  };
}

/** The months of a customer lie among those of all others: to read them takes longer the longer the shop has been there. */
function addToLives(s: StepSql, dirty: DirtySql, since: bigint): NamedStatement {
  const table = s.table('agg_customer');
  return {
    name: 'agg_customer_added',
    statement: sql`INSERT INTO ${table}
SELECT customer_key, sum(orders), sum(units), sum(gross), sum(discounts), sum(returns), min(first_order), max(last_order), ${s.generation}, 0
FROM
(
    SELECT customer_key, orders, units, gross, discounts, returns, first_order, last_order FROM ${table} FINAL
    WHERE customer_key IN (SELECT customer_key FROM ${s.scratch('customers')})
    UNION ALL
    SELECT customer_key, uniqExact(order_id), sum(quantity), sum(f.gross), sum(toDecimal128(discount, 6) + order_discount), 0, min(order_time), max(order_time)
    FROM ${s.table('fact_sales')} AS f FINAL WHERE ${dirty.has('slice', sql`slice`)} AND generation > ${since} AND customer_key != 0
    GROUP BY customer_key
)
GROUP BY customer_key`,
  };
}
