import { sql, type Sql } from '#clickhouse';
import { dayOf, knownBy, winner } from '../features/documents.js';
import { tableOf, type Shop } from '../shop.js';

/**
 * Units sold by product and day of the shop, as the shop knew them at an instant: one row per product with a sale, with its category, the
 * days (since 1970, ascending) and the units of each. Units are those of orders that are not cancelled; a return takes none back
 * (they had to be in stock when they were asked for). Of an order or product the winner is the highest revision, then hash, among the
 * versions whose event and arrival lie at or before the instant: what comes later changes no row. Reads the ledger whole.
 */
export function demandUnitsSql(shop: Shop, asOf: Date): Sql {
  return sql`SELECT product_id, category, arraySort(groupArray(day)) AS days, arraySort((unit, day) -> day, groupArray(units), groupArray(day)) AS units_of_days
FROM
(
    SELECT product_id, day, sum(quantity) AS units
    FROM
    (
        ${linesAsOf(shop, asOf)}
    )
    GROUP BY product_id, day
) AS u
LEFT JOIN
(
    ${categoriesAsOf(shop, asOf)}
) AS p ON u.product_id = p.id
GROUP BY product_id, category
ORDER BY product_id`;
}

/**
 * How units come in clumps: sum of squares over sum of what one buyer takes of a category, or of a product, in so many days. Buyers do not
 * know of one another, so the variance of what a category sells in that time is at least its mean times this number: nobody can
 * forecast better. 1 where each buyer takes one unit. A guest is a buyer of his order. One row.
 */
export function demandClumpsSql(shop: Shop, asOf: Date, days: number): Sql {
  const clump = (key: Sql): Sql => sql`SELECT sum(u * u) / sum(u) FROM (SELECT sum(quantity) AS u FROM lines GROUP BY buyer, ${key}, span)`;
  return sql`WITH lines AS
(
    SELECT l.*, p.category AS category, intDiv(day, ${days}) AS span
    FROM
    (
        ${linesAsOf(shop, asOf)}
    ) AS l
    LEFT JOIN
    (
        ${categoriesAsOf(shop, asOf)}
    ) AS p ON l.product_id = p.id
)
SELECT (${clump(sql`category`)}) AS of_categories, (${clump(sql`product_id`)}) AS of_products`;
}

function linesAsOf(shop: Shop, asOf: Date): Sql {
  return sql`SELECT product_id, quantity, day, buyer
        FROM
        (
            SELECT
                order_time, cancelled, ${dayOf(shop, sql`order_time`)} AS day, if(customer_id = '', concat('order ', order_id), customer_id) AS buyer,
                lines.product_id AS products, lines.quantity AS quantities
            FROM ${tableOf(shop, 'ledger_transactions')}
            WHERE ${knownBy(sql`${asOf}`)} ${winner(sql`order_id`)}
        )
        ARRAY JOIN products AS product_id, quantities AS quantity
        WHERE NOT cancelled AND order_time <= ${asOf}`;
}

function categoriesAsOf(shop: Shop, asOf: Date): Sql {
  return sql`SELECT product_id AS id, category FROM ${tableOf(shop, 'ledger_products')}
    WHERE ${knownBy(sql`${asOf}`)} AND NOT is_count ${winner(sql`product_id`)}`;
}
