import { join, sql, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';

/** Which customers: by id, by dense key, or those with keys in a range, both ends included. */
export type CustomerSelection =
  { readonly ids: readonly string[] } | { readonly keys: readonly number[] } | { readonly fromKey: number; readonly toKey: number };

/**
 * Both sources give one row per order or refunded return of a known customer: `customer` (id), `document`, `is_return`, `age` (whole
 * milliseconds from it to the instant), `day` (the shop's, since 1970), `money` (gross less discounts), `lines`, `units` and `products`
 * (a hash for each).
 */

/** Ledger rows that a shop had at an instant: what they tell of had happened, and they had arrived. */
export function knownBy(asOf: Sql): Sql {
  return sql`verdict = 'accepted' AND recorded_time <= ${asOf} AND event_time <= ${asOf}`;
}

/** The version that counts. The first row of each, sorted so: half the memory and two thirds of the time of `argMax` over whole rows. */
export function winner(id: Sql): Sql {
  return sql`ORDER BY revision DESC, hash DESC LIMIT 1 BY ${id}`;
}

/**
 * Orders and refunds as the shop knew them at an instant, from the ledger's versions: of an order or return the winner is the highest
 * revision, then hash, among the versions whose event AND arrival lie at or before the instant. The facts hold the newest winner only,
 * so nothing of the past can be asked of them. Reads the ledger whole.
 */
export function documentsOfVersions(shop: Shop, asOf: Sql, customers?: CustomerSelection): Sql {
  const [orders, returns] = [tableOf(shop, 'ledger_transactions'), tableOf(shop, 'ledger_returns')];
  const known = knownBy(asOf);
  const only = customers ? sql` AND ${idsOf(shop, sql`customer`, customers)}` : sql``;
  const amount = sql`arraySum((price, quantity, discount) -> toDecimal128(price, 6) * quantity - discount, lines.unit_price, lines.quantity, lines.discount)`;
  return sql`SELECT
        customer_id AS customer, order_id AS document, 0 AS is_return, ${ageOf(sql`order_time`, asOf)} AS age, ${dayOf(shop, sql`order_time`)} AS day,
        net AS money, line_count AS lines, unit_count AS units, product_ids AS products
    FROM
    (
        SELECT
            order_id, customer_id, order_time, cancelled, toFloat64(${amount} - order_discount) AS net,
            length(lines.line) AS line_count, arraySum(lines.quantity) AS unit_count, ${productsOf(sql`lines.product_id`)} AS product_ids
        FROM ${orders} WHERE ${known} ${winner(sql`order_id`)}
    )
    WHERE NOT cancelled AND order_time <= ${asOf} AND customer != ''${only}
    UNION ALL
    SELECT
        if(o.known, o.owner, r.named) AS customer, r.return_id AS document, 1 AS is_return, ${ageOf(sql`r.refund_time`, asOf)} AS age, 0 AS day,
        0. AS money, 0 AS lines, 0 AS units, [] AS products
    FROM
    (
        SELECT return_id, order_id AS of, customer_id AS named, refunded, refund_time FROM ${returns} WHERE ${known} ${winner(sql`return_id`)}
    ) AS r
    LEFT JOIN
    (
        SELECT order_id AS id, 1 AS known, customer_id AS owner, cancelled AS gone
        FROM ${orders} WHERE ${known} AND order_id IN (SELECT order_id FROM ${returns} WHERE verdict = 'accepted') ${winner(sql`id`)}
    ) AS o ON r.of = o.id
    WHERE r.refunded AND r.refund_time <= ${asOf} AND NOT o.gone AND customer != ''${only}`;
}

/**
 * The same from the facts, which the refresher keeps by customer: what the settled watermark knows. Equal to the versions at any
 * instant after which the ledger holds nothing, so at the shop's clock.
 */
export function documentsOfFacts(shop: Shop, asOf: Sql, customers?: CustomerSelection): Sql {
  // The key is in the sort key: what it leaves out need not be read, and leaves no version of a row behind.
  const [among, only] = customers ? [sql`PREWHERE ${keysOf(shop, customers)}`, sql`WHERE ${keysOf(shop, customers)}`] : [sql``, sql``];
  const keys = tableOf(shop, 'dim_customer_keys');
  return sql`SELECT
        k.customer_id AS customer, document, is_return, ${ageOf(sql`moment`, asOf)} AS age, ${dayOf(shop, sql`moment`)} AS day,
        money, lines, units, products
    FROM
    (
        SELECT
            customer_key, document_id AS document, kind = 'return' AS is_return, any(f.at) AS moment,
            toFloat64(sum(gross) - sum(discount)) AS money, count() AS lines, sum(quantity) AS units, ${productsOf(sql`groupArray(product_id)`)} AS products
        FROM ${tableOf(shop, 'facts_by_customer')} AS f FINAL ${among} WHERE f.at <= ${asOf}
        GROUP BY customer_key, kind, document_id
    ) AS d
    INNER JOIN (SELECT customer_id, customer_key FROM ${keys} ${only}) AS k ON d.customer_key = k.customer_key`;
}

/** Distinct products, as hashes: only their number counts, and texts are long. */
export function productsOf(ids: Sql): Sql {
  return sql`arrayMap(id -> sipHash64(id), arrayDistinct(arrayFilter(id -> id != '', ${ids})))`;
}

export function ageOf(instant: Sql, asOf: Sql): Sql {
  return sql`dateDiff('millisecond', ${instant}, ${asOf})`;
}

export function dayOf(shop: Shop, instant: Sql): Sql {
  return sql`toInt32(toDate(${instant}, ${shop.timeZone}))`;
}

function idsOf(shop: Shop, column: Sql, customers: CustomerSelection): Sql {
  if ('ids' in customers) return sql`${column} IN ${customers.ids}`;
  return sql`${column} IN (SELECT customer_id FROM ${tableOf(shop, 'dim_customer_keys')} WHERE ${keysOf(shop, customers)})`;
}

function keysOf(shop: Shop, customers: CustomerSelection): Sql {
  if ('keys' in customers) return sql`customer_key IN ${customers.keys}`;
  if ('ids' in customers) {
    return sql`customer_key IN (SELECT customer_key FROM ${tableOf(shop, 'dim_customer_keys')} WHERE customer_id IN ${customers.ids})`;
  }
  return join([sql`customer_key >= ${customers.fromKey}`, sql`customer_key <= ${customers.toKey}`], ' AND ');
}
