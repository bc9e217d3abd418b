INSERT INTO `shop_golden`.`scratch_sales`
WITH lines_of AS
(
    SELECT
        slice, order_id, versions, live, order_time, customer_id, order_discount, shipping, tax, payment_method, channel, country, region, city, campaign_id,
        order_id IN (SELECT order_id FROM `shop_golden`.`scratch_returns` WHERE live) AS returned,
        l.line AS line, l.product_id AS product_id, l.quantity AS quantity, l.unit_price AS unit_price,
        l.discount AS discount, l.unit_cost AS unit_cost, l.line = arrayMin(lines.line) AS is_first
    FROM `shop_golden`.`scratch_orders` ARRAY JOIN lines AS l
)
SELECT
    slice, order_id, line, order_time, customer_key, product_id, quantity, unit_price, toDecimal128(unit_price, 6) * quantity, discount,
    if(is_first, order_discount, 0), if(is_first, shipping, 0), if(is_first, tax, 0), unit_cost, payment_method, channel, country, region, city, campaign_id, returned, 1099511627777, 0
FROM lines_of AS v
LEFT JOIN `shop_golden`.`scratch_keys` AS k ON v.customer_id = k.customer_id
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
    max(live AND returned), 1099511627777, NOT max(live)
FROM lines_of AS v
LEFT JOIN `shop_golden`.`scratch_keys` AS k ON v.customer_id = k.customer_id
WHERE versions > 1
GROUP BY slice, order_id, line
