INSERT INTO `shop_golden`.`agg_customer`
SELECT
    customer_key, sum(orders), sum(units), sum(gross), sum(discounts), sum(returns), min(first_order), max(last_order), 1099511627777, min(gone)
FROM
(
    SELECT customer_key, orders, units, gross, discounts, returns, first_order, last_order, 0 AS gone FROM `shop_golden`.`agg_customer_month` FINAL
    WHERE customer_key IN (SELECT customer_key FROM `shop_golden`.`scratch_customers_1`)
    UNION ALL
    SELECT DISTINCT customer_key, 0, 0, 0, 0, 0, NULL, NULL, 1 FROM `shop_golden`.`scratch_customers_1`
)
GROUP BY customer_key
