INSERT INTO `shop_golden`.`facts_by_customer`
SELECT
    toStartOfMonth(toTimeZone(order_time, 'Europe/London')) AS m, customer_key, 'sale' AS k, order_id AS document, line, order_time AS t, product_id, quantity, gross AS g,
    toDecimal128(discount, 6) + order_discount AS d, toDecimal128(0, 6) AS r, 1099511627777 AS of, 0 AS gone
FROM `shop_golden`.`fact_sales` FINAL WHERE slice IN (1704067205, 1704067265) AND customer_key != 0
UNION ALL
SELECT
    toStartOfMonth(toTimeZone(refund_time, 'Europe/London')) AS m, customer_key, 'return' AS k, return_id AS document, line, refund_time AS t, product_id, quantity,
    toDecimal128(0, 6) AS g, toDecimal128(0, 6) AS d, toDecimal128(amount, 6) AS r, 1099511627777 AS of, 0 AS gone
FROM `shop_golden`.`fact_returns` FINAL WHERE convention = 'refund-date' AND slice IN (1704067205, 1704067265) AND customer_key != 0
