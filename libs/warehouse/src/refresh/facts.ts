import { sql } from '#clickhouse';
import type { NamedStatement, StepSql } from './step.js';

/**
 * L1: for each touched order and return the live rows and a tombstone in every former place, gathered in work tables and
 * then copied out, one INSERT per fact table.
 */
export function writeFacts(s: StepSql): NamedStatement[] {
  const orders = s.table('scratch_orders');
  const returns = s.table('scratch_returns');
  const keys = s.table('scratch_keys');
  const sales = s.table('scratch_sales');
  const refunds = s.table('scratch_refunds');
  const timeline = s.table('scratch_timeline');
  const attributes = sql`payment_method, channel, country, region, city, campaign_id`;
  return [
    {
      name: 'sales',
      // An order of one version has one place: its rows are written as they are. Of an order of several versions every
      // place that any of them ever had gets a row, live where the winner has it. Order-level amounts stand on the first
      // line, so that they count once.
      statement: sql`INSERT INTO ${sales}
WITH lines_of AS
(
    SELECT
        slice, order_id, versions, live, order_time, customer_id, order_discount, shipping, tax, ${attributes},
        order_id IN (SELECT order_id FROM ${returns} WHERE live) AS returned,
        l.line AS line, l.product_id AS product_id, l.quantity AS quantity, l.unit_price AS unit_price,
        l.discount AS discount, l.unit_cost AS unit_cost, l.line = arrayMin(lines.line) AS is_first
    FROM ${orders} ARRAY JOIN lines AS l
)
SELECT
    slice, order_id, line, order_time, customer_key, product_id, quantity, unit_price, toDecimal128(unit_price, 6) * quantity, discount,
    if(is_first, order_discount, 0), if(is_first, shipping, 0), if(is_first, tax, 0), unit_cost, ${attributes}, returned, ${s.generation}, 0
FROM lines_of AS v
LEFT JOIN ${keys} AS k ON v.customer_id = k.customer_id
WHERE versions = 1 AND live
UNION ALL
SELECT
    slice, order_id, line,
    anyIf(order_time, live), anyIf(customer_key, live), anyIf(product_id, live), anyIf(quantity, live) AS q,
    anyIf(unit_price, live) AS p, toDecimal128(p, 6) * q, anyIf(discount, live),
    anyIf(order_discount, live AND is_first), anyIf(shipping, live AND is_first), anyIf(tax, live AND is_first),
    anyIf(unit_cost, live),
    anyIf(payment_method, live), anyIf(channel, live), anyIf(country, live), anyIf(region, live), anyIf(city, live),
    anyIf(campaign_id, live),
    max(live AND returned), ${s.generation}, NOT max(live)
FROM lines_of AS v
LEFT JOIN ${keys} AS k ON v.customer_id = k.customer_id
WHERE versions > 1
GROUP BY slice, order_id, line`,
    },
    {
      name: 'refunds_live',
      // The order's attributes and customer; the product of the order line that the return names, else its own.
      statement: sql`INSERT INTO ${refunds}
SELECT
    convention, if(convention = 'order-date' AND order_known, order_slice, refund_slice) AS slice, return_id, line, refund_time,
    order_id, order_known, customer_key,
    if(has(order_lines, order_line) AND order_products[indexOf(order_lines, order_line)] != '', order_products[indexOf(order_lines, order_line)], product_id),
    quantity, amount, reason, ${attributes}, ${s.generation}, 0
FROM
(
    SELECT
        arrayJoin(['refund-date', 'order-date']) AS convention,
        r.return_id AS return_id, r.refund_time AS refund_time, r.slice AS refund_slice, r.order_id AS order_id, r.order_known AS order_known,
        if(r.order_known, o.order_customer, r.customer_id) AS customer_id,
        l.line AS line, l.order_line AS order_line, l.product_id AS product_id, l.quantity AS quantity, l.amount AS amount, l.reason AS reason,
        o.order_slice AS order_slice, o.order_lines AS order_lines, o.order_products AS order_products, ${attributes}
    FROM ${returns} AS r ARRAY JOIN lines AS l
    LEFT JOIN
    (
        SELECT
            order_id AS known_order_id, slice AS order_slice, customer_id AS order_customer, lines.line AS order_lines,
            lines.product_id AS order_products, ${attributes}
        FROM ${orders} WHERE winner
    ) AS o ON r.order_id = o.known_order_id
    WHERE r.live
) AS v
LEFT JOIN ${keys} AS k ON v.customer_id = k.customer_id`,
    },
    {
      name: 'refunds_former',
      // Where a version may have stood: at its own refund instant, or at any instant of any order that a version named.
      statement: sql`INSERT INTO ${refunds} (convention, slice, return_id, line, generation, is_deleted)
SELECT convention, slice, return_id, line, ${s.generation}, 1
FROM
(
    SELECT DISTINCT
        arrayJoin([('refund-date', refund_slices), ('order-date', arrayConcat(refund_slices, order_slices))]) AS place,
        place.1 AS convention, arrayJoin(place.2) AS slice, return_id, arrayJoin(all_lines) AS line
    FROM
    (
        SELECT
            return_id,
            groupUniqArrayIf(r.slice, refunded) AS refund_slices,
            groupUniqArrayArray(lines.line) AS all_lines,
            groupUniqArrayArray(o.slices) AS order_slices
        FROM ${returns} AS r
        LEFT JOIN (SELECT order_id AS known_order_id, groupUniqArray(slice) AS slices FROM ${orders} GROUP BY order_id) AS o
        ON r.order_id = o.known_order_id
        GROUP BY return_id
    )
)
WHERE (convention, slice, return_id, line) NOT IN (SELECT toString(convention), slice, return_id, line FROM ${refunds})`,
    },
    {
      name: 'timeline_sales',
      statement: sql`INSERT INTO ${timeline}
WITH lines_of AS
(
    SELECT
        month, customer_id, order_id, versions, live, order_time, l.line AS line, l.product_id AS product_id, l.quantity AS quantity,
        l.unit_price AS unit_price, toDecimal128(l.discount, 6) + if(l.line = arrayMin(lines.line), order_discount, 0) AS line_discount
    FROM ${orders} ARRAY JOIN lines AS l
    WHERE customer_id != ''
)
SELECT
    month, customer_key, 'sale', order_id, line, order_time, product_id, quantity, toDecimal128(unit_price, 6) * quantity, line_discount, 0,
    ${s.generation}, 0
FROM lines_of AS v
INNER JOIN ${keys} AS k ON v.customer_id = k.customer_id
WHERE versions = 1 AND live
UNION ALL
SELECT
    month, customer_key, 'sale', order_id, line,
    anyIf(order_time, live), anyIf(product_id, live), anyIf(quantity, live) AS q, toDecimal128(anyIf(unit_price, live), 6) * q,
    anyIf(line_discount, live), 0, ${s.generation}, NOT max(live)
FROM lines_of AS v
INNER JOIN ${keys} AS k ON v.customer_id = k.customer_id
WHERE versions > 1
GROUP BY month, customer_key, order_id, line`,
    },
    {
      name: 'timeline_refunds_live',
      statement: sql`INSERT INTO ${timeline}
SELECT ${s.month(sql`refund_time`)}, customer_key, 'return', return_id, line, refund_time, product_id, quantity, 0, 0, amount, ${s.generation}, 0
FROM ${refunds} WHERE convention = 'refund-date' AND NOT is_deleted AND customer_key != 0`,
    },
    {
      name: 'timeline_refunds_former',
      // A refund may have stood with any customer that a version of it, or of an order it named, had.
      statement: sql`INSERT INTO ${timeline} (month, customer_key, kind, document_id, line, generation, is_deleted)
SELECT DISTINCT month, customer_key, 'return', return_id, line, ${s.generation}, 1
FROM
(
    SELECT return_id, arrayJoin(months) AS month, arrayJoin(customers) AS customer_id, arrayJoin(all_lines) AS line
    FROM
    (
        SELECT
            return_id,
            groupUniqArrayIf(r.month, refunded) AS months,
            groupUniqArrayArray(lines.line) AS all_lines,
            arrayConcat(groupUniqArray(r.customer_id), groupUniqArrayArray(o.customers)) AS customers
        FROM ${returns} AS r
        LEFT JOIN (SELECT order_id AS known_order_id, groupUniqArray(customer_id) AS customers FROM ${orders} GROUP BY order_id) AS o
        ON r.order_id = o.known_order_id
        GROUP BY return_id
    )
) AS v
INNER JOIN ${keys} AS k ON v.customer_id = k.customer_id
WHERE (month, customer_key, return_id, line) NOT IN (SELECT month, customer_key, document_id, line FROM ${timeline} WHERE kind = 'return')`,
    },
    { name: 'fact_sales', statement: sql`INSERT INTO ${s.table('fact_sales')} SELECT * FROM ${sales}` },
    { name: 'fact_returns', statement: sql`INSERT INTO ${s.table('fact_returns')} SELECT * FROM ${refunds}` },
    {
      name: 'fact_returns_left_out',
      statement: sql`INSERT INTO ${s.table('fact_returns_left_out')}
SELECT return_id, anyIf(order_id, winner), anyIf(arraySum(arrayMap(x -> toDecimal128(x, 6), lines.amount)), left_out), 'order cancelled', ${s.generation}, NOT max(left_out)
FROM ${returns} GROUP BY return_id`,
    },
    { name: 'facts_by_customer', statement: sql`INSERT INTO ${s.table('facts_by_customer')} SELECT * FROM ${timeline}` },
  ];
}
