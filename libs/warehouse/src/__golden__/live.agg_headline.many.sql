INSERT INTO `shop_golden`.`agg_headline`
SELECT level.1 AS g, level.2 AS b, sumIf(gross, counts), sumIf(discounts, counts), sumIf(returns, counts), sumIf(returns_by_order_date, counts),
    sumIf(orders, counts), sumIf(returned_orders, counts), sumIf(units, counts), groupBitmapMergeStateIf(buyers, counts), 1099511627777, NOT max(counts)
FROM
(
    SELECT
        slice AS at, 1 AS first, 5 AS levels, 1 AS counts, sum(f.gross) AS gross, sum(toDecimal128(discount, 6) + order_discount) AS discounts,
        toDecimal128(0, 6) AS returns, toDecimal128(0, 6) AS returns_by_order_date, uniqExact(order_id) AS orders,
        uniqExactIf(order_id, returned) AS returned_orders, sum(quantity) AS units, groupBitmapStateIf(customer_key, customer_key != 0) AS buyers
    FROM `shop_golden`.`fact_sales` AS f FINAL WHERE slice IN (SELECT start FROM `shop_golden`.`scratch_dirty_1` WHERE grain = 'slice') GROUP BY slice
    UNION ALL
    SELECT slice, 1, 5, 1, 0, 0, sumIf(amount, convention = 'refund-date'), sumIf(amount, convention = 'order-date'), 0, 0, 0, groupBitmapStateIf(toUInt32(0), 0)
    FROM `shop_golden`.`fact_returns` FINAL WHERE convention IN ('refund-date', 'order-date') AND slice IN (SELECT start FROM `shop_golden`.`scratch_dirty_1` WHERE grain = 'slice') GROUP BY slice
    UNION ALL
    SELECT bucket AS at, toUInt8(grain) + counts AS first, if(counts, 5, 1) AS levels, NOT (grain, bucket) IN (SELECT grain, start FROM `shop_golden`.`scratch_dirty_1`) AS counts,
        gross, discounts, returns, returns_by_order_date, orders, returned_orders, units, buyers
    FROM `shop_golden`.`agg_headline` FINAL WHERE (grain = 'slice' AND (bucket >= 0 AND bucket < 60 AND toStartOfMinute(bucket) IN (SELECT start FROM `shop_golden`.`scratch_dirty_1` WHERE grain = 'minute'))) OR (grain = 'minute' AND (bucket >= 0 AND bucket < 7200 AND toTimeZone(toStartOfHour(bucket, 'Europe/London'), 'UTC') IN (SELECT start FROM `shop_golden`.`scratch_dirty_1` WHERE grain = 'hour'))) OR (grain = 'hour' AND (bucket >= 0 AND bucket < 93600 AND toTimeZone(toStartOfDay(bucket, 'Europe/London'), 'UTC') IN (SELECT start FROM `shop_golden`.`scratch_dirty_1` WHERE grain = 'day'))) OR (grain = 'day' AND (bucket >= 0 AND bucket < 2764800 AND toTimeZone(toDateTime(toStartOfMonth(bucket, 'Europe/London'), 'Europe/London'), 'UTC') IN (SELECT start FROM `shop_golden`.`scratch_dirty_1` WHERE grain = 'month'))) OR (grain = 'month' AND (bucket >= 0 AND bucket < 2764800 AND toTimeZone(toDateTime(toStartOfMonth(bucket, 'Europe/London'), 'Europe/London'), 'UTC') IN (SELECT start FROM `shop_golden`.`scratch_dirty_1` WHERE grain = 'month')))
)
ARRAY JOIN arraySlice([('slice', at), ('minute', toStartOfMinute(at)), ('hour', toTimeZone(toStartOfHour(at, 'Europe/London'), 'UTC')), ('day', toTimeZone(toStartOfDay(at, 'Europe/London'), 'UTC')), ('month', toTimeZone(toDateTime(toStartOfMonth(at, 'Europe/London'), 'Europe/London'), 'UTC'))], first, levels) AS level
GROUP BY g, b
