INSERT INTO `shop_golden`.`scratch_timeline`
WITH lines_of AS
(
    SELECT
        month, customer_id, order_id, versions, live, order_time, l.line AS line, l.product_id AS product_id, l.quantity AS quantity,
        l.unit_price AS unit_price, toDecimal128(l.discount, 6) + if(l.line = arrayMin(lines.line), order_discount, 0) AS line_discount
    FROM `shop_golden`.`scratch_orders` ARRAY JOIN lines AS l
    WHERE customer_id != ''
)
SELECT
    month, customer_key, 'sale', order_id, line, order_time, product_id, quantity, toDecimal128(unit_price, 6) * quantity, line_discount, 0,
    1099511627777, 0
FROM lines_of AS v
INNER JOIN `shop_golden`.`scratch_keys` AS k ON v.customer_id = k.customer_id
WHERE versions = 1 AND live
UNION ALL
SELECT
    month, customer_key, 'sale', order_id, line,
    anyIf(order_time, live), anyIf(product_id, live), anyIf(quantity, live) AS q, toDecimal128(anyIf(unit_price, live), 6) * q,
    anyIf(line_discount, live), 0, 1099511627777, NOT max(live)
FROM lines_of AS v
INNER JOIN `shop_golden`.`scratch_keys` AS k ON v.customer_id = k.customer_id
WHERE versions > 1
GROUP BY month, customer_key, order_id, line
