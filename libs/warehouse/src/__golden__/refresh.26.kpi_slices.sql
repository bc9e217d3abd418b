INSERT INTO `shop_golden`.`scratch_kpi`
SELECT 'slice', 'all', slice, '', sum(gross), sum(discounts), sum(returns), sum(returns_by_order_date), sum(orders), sum(returned_orders), sum(units), groupBitmapMergeState(buyers), 1099511627777, 0
FROM
(
    SELECT
        slice, sum(f.gross) AS gross, sum(toDecimal128(discount, 6) + order_discount) AS discounts, toDecimal128(0, 6) AS returns,
        toDecimal128(0, 6) AS returns_by_order_date, uniqExact(order_id) AS orders, uniqExactIf(order_id, returned) AS returned_orders,
        sum(quantity) AS units, groupBitmapStateIf(customer_key, customer_key != 0) AS buyers
    FROM `shop_golden`.`fact_sales` AS f FINAL WHERE slice IN (SELECT slice FROM `shop_golden`.`scratch_dirty`) GROUP BY slice
    UNION ALL
    SELECT slice, 0, 0, sumIf(amount, convention = 'refund-date'), sumIf(amount, convention = 'order-date'), 0, 0, 0, groupBitmapStateIf(toUInt32(0), 0)
    FROM `shop_golden`.`fact_returns` FINAL WHERE convention IN ('refund-date', 'order-date') AND slice IN (SELECT slice FROM `shop_golden`.`scratch_dirty`) GROUP BY slice
)
GROUP BY slice
