INSERT INTO `shop_golden`.`agg_customer`
SELECT customer_key, sum(orders), sum(units), sum(gross), sum(discounts), sum(returns), min(first_order), max(last_order), 1099511627777, 0
FROM
(
    SELECT customer_key, orders, units, gross, discounts, returns, first_order, last_order FROM `shop_golden`.`agg_customer` FINAL
    WHERE customer_key IN (SELECT customer_key FROM `shop_golden`.`scratch_customers_1`)
    UNION ALL
    SELECT customer_key, uniqExact(order_id), sum(quantity), sum(f.gross), sum(toDecimal128(discount, 6) + order_discount), 0, min(order_time), max(order_time)
    FROM `shop_golden`.`fact_sales` AS f FINAL WHERE slice IN (1704067205, 1704067265) AND generation > 4 AND customer_key != 0
    GROUP BY customer_key
)
GROUP BY customer_key
