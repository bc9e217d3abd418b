import { join, sql, type Sql } from '#clickhouse';
import type { DirtySql } from './dirty.js';
import type { Folded } from './fold.js';
import type { NamedStatement, StepSql } from './step.js';
import { at } from './versions.js';

/**
 * `fact_sales` of a step, in one insert. Orders of one version count as the ledger has them; of an order of several versions the winner
 * counts, and every place that any version ever had gets a tombstone, one generation lower than the live rows. Amounts of the order as
 * a whole stand on its first line, so that they count once.
 */
export function writeSales(s: StepSql, folded: Folded, keys: ReadonlyMap<string, number>): NamedStatement {
  const { contested, unmoved, returned } = folded;
  const ledger = s.table('ledger_transactions');
  const winners = [...contested.values()].filter(({ winner }) => winner.cancelled === 0).map(({ winner }) => winner);
  const live = join(
    [
      sql`(${s.fresh('transactions.v1')} AND NOT cancelled${contested.size === 0 ? sql`` : sql` AND order_id NOT IN ${[...contested.keys()]}`})`,
      ...(winners.length + unmoved.length === 0 ? [] : [at([...winners, ...unmoved])]),
    ],
    ' OR ',
  );
  const slice = sql`toDateTime(intDiv(toUnixTimestamp(order_time), 5) * 5, 'UTC')`;
  const key = keys.size === 0 ? sql`0` : sql`transform(customer_id, ${arrayOf([...keys.keys()])}, ${arrayOf([...keys.values()])}, 0)`;
  const first = (amount: Sql): Sql => sql`if(l.line = arrayMin(lines.line), ${amount}, 0)`;
  const former = [...contested.values()].flatMap(({ versions }) => versions);
  const tombstones =
    former.length === 0
      ? sql``
      : sql`
UNION ALL
SELECT DISTINCT
    ${slice}, order_id, l.line, toDateTime64(0, 3, 'UTC'), 0, '', 0, 0, 0, 0, 0, 0, 0, NULL, '', '', '', '', '', '', 0, ${s.step.generation - 1n}, 1
FROM ${ledger} ARRAY JOIN lines AS l WHERE ${at(former)}`;
  return {
    name: 'fact_sales',
    statement: sql`INSERT INTO ${s.table('fact_sales')}
SELECT
    ${slice} AS slice, order_id, l.line, order_time, ${key}, l.product_id, l.quantity, l.unit_price, toDecimal128(l.unit_price, 6) * l.quantity,
    l.discount, ${first(sql`order_discount`)}, ${first(sql`shipping`)}, ${first(sql`tax`)}, l.unit_cost,
    payment_method, channel, country, region, city, campaign_id, ${returned.size === 0 ? sql`0` : sql`order_id IN ${[...returned]}`}, ${s.generation}, 0
FROM ${ledger} ARRAY JOIN lines AS l WHERE ${live}${tombstones}`,
  };
}

/**
 * `facts_by_customer`, the customers' timelines, from the facts of the dirty slices. Former places get a tombstone of a lower
 * generation after it.
 */
export function writeTimelines(s: StepSql, dirty: DirtySql): NamedStatement {
  return {
    name: 'facts_by_customer',
    statement: sql`INSERT INTO ${s.table('facts_by_customer')}
SELECT
    ${s.month(sql`order_time`)} AS m, customer_key, 'sale' AS k, order_id AS document, line, order_time AS t, product_id, quantity, gross AS g,
    toDecimal128(discount, 6) + order_discount AS d, toDecimal128(0, 6) AS r, ${s.generation} AS of, 0 AS gone
FROM ${s.table('fact_sales')} FINAL WHERE ${dirty.has('slice', sql`slice`)} AND customer_key != 0
UNION ALL
SELECT
    ${s.month(sql`refund_time`)} AS m, customer_key, 'return' AS k, return_id AS document, line, refund_time AS t, product_id, quantity,
    toDecimal128(0, 6) AS g, toDecimal128(0, 6) AS d, toDecimal128(amount, 6) AS r, ${s.generation} AS of, 0 AS gone
FROM ${s.table('fact_returns')} FINAL WHERE convention = 'refund-date' AND ${dirty.has('slice', sql`slice`)} AND customer_key != 0`,
  };
}

function arrayOf(values: readonly (string | number)[]): Sql {
  return sql`[${join(values.map((value) => sql`${value}`))}]`;
}
