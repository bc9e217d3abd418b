INSERT INTO `shop_golden`.`scratch_kpi`
SELECT 'day', 'product', bucket, member, sum(gross), sum(discounts), sum(returns), sum(returns_by_order_date), sum(orders), sum(returned_orders), sum(units), groupBitmapMergeState(buyers), 1099511627777, 0
FROM
(
    SELECT
        toTimeZone(toStartOfDay(slice, 'Europe/London'), 'UTC') AS bucket, product_id AS member, sum(f.gross) AS gross, sum(toDecimal128(discount, 6)) AS discounts,
        toDecimal128(0, 6) AS returns, toDecimal128(0, 6) AS returns_by_order_date, uniqExact(order_id) AS orders,
        uniqExactIf(order_id, returned) AS returned_orders, sum(quantity) AS units, groupBitmapStateIf(customer_key, customer_key != 0) AS buyers
    FROM `shop_golden`.`fact_sales` AS f FINAL WHERE toStartOfDay(slice, 'Europe/London') IN (SELECT DISTINCT toStartOfDay(slice, 'Europe/London') FROM `shop_golden`.`scratch_dirty`)
    GROUP BY bucket, member
    UNION ALL
    SELECT toTimeZone(toStartOfDay(slice, 'Europe/London'), 'UTC') AS bucket, 'order', toDecimal128(0, 6), sum(toDecimal128(order_discount, 6)), toDecimal128(0, 6), toDecimal128(0, 6), 0, 0, 0, groupBitmapStateIf(toUInt32(0), 0)
    FROM `shop_golden`.`fact_sales` FINAL WHERE toStartOfDay(slice, 'Europe/London') IN (SELECT DISTINCT toStartOfDay(slice, 'Europe/London') FROM `shop_golden`.`scratch_dirty`) AND order_discount != 0
    GROUP BY bucket
    UNION ALL
    SELECT
        toTimeZone(toStartOfDay(slice, 'Europe/London'), 'UTC') AS bucket, product_id, toDecimal128(0, 6), toDecimal128(0, 6), sumIf(amount, convention = 'refund-date'),
        sumIf(amount, convention = 'order-date'), 0, 0, 0, groupBitmapStateIf(toUInt32(0), 0)
    FROM `shop_golden`.`fact_returns` FINAL
    WHERE convention IN ('refund-date', 'order-date') AND toStartOfDay(slice, 'Europe/London') IN (SELECT DISTINCT toStartOfDay(slice, 'Europe/London') FROM `shop_golden`.`scratch_dirty`)
    GROUP BY bucket, product_id
)
GROUP BY bucket, member
