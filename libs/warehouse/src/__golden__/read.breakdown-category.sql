SELECT member, gross, discounts, returns, orders, returned_orders, units, buyers, count() OVER () AS members,
    sum(gross) OVER () AS total_gross, sum(discounts) OVER () AS total_discounts, sum(returns) OVER () AS total_returns,
    sum(orders) OVER () AS total_orders, sum(returned_orders) OVER () AS total_returned_orders, sum(units) OVER () AS total_units
FROM (SELECT member, sum(gross) AS gross, sum(discounts) AS discounts, sum(returns) AS returns, sum(orders) AS orders,
    sum(returned_orders) AS returned_orders, sum(units) AS units, sum(buyers) AS buyers
FROM
(
    SELECT
        toString(p.category) AS member, sum(f.gross) AS gross, sum(toDecimal128(discount, 6)) AS discounts, toDecimal128(0, 6) AS returns, uniqExact(order_id) AS orders,
        uniqExactIf(order_id, returned) AS returned_orders, sum(quantity) AS units, uniqExactIf(customer_key, customer_key != 0) AS buyers
    FROM `shop_golden`.`fact_sales` AS f FINAL LEFT JOIN (SELECT product_id, category, subcategory, brand FROM `shop_golden`.`dim_products` FINAL) AS p ON f.product_id = p.product_id WHERE slice >= 1704067200 AND slice < 1704070800 GROUP BY member
    UNION ALL
    SELECT 'order', 0, sum(toDecimal128(order_discount, 6)), 0, 0, 0, 0, 0
    FROM `shop_golden`.`fact_sales` FINAL WHERE slice >= 1704067200 AND slice < 1704070800 AND order_discount != 0 HAVING count() > 0
    UNION ALL
    SELECT toString(p.category) AS member, 0, 0, sum(amount), 0, 0, 0, 0
    FROM `shop_golden`.`fact_returns` AS f FINAL LEFT JOIN (SELECT product_id, category, subcategory, brand FROM `shop_golden`.`dim_products` FINAL) AS p ON f.product_id = p.product_id WHERE convention = 'order-date' AND slice >= 1704067200 AND slice < 1704070800 GROUP BY member
)
GROUP BY member)
WHERE orders != 0 OR gross != 0 OR discounts != 0 OR returns != 0
ORDER BY gross - discounts - returns DESC, member LIMIT 20
