INSERT INTO `shop_golden`.`agg_headline`
SELECT level.1 AS g, level.2 AS b, sumIf(gross, counts), sumIf(discounts, counts), sumIf(returns, counts), sumIf(returns_by_order_date, counts),
    sumIf(orders, counts), sumIf(returned_orders, counts), sumIf(units, counts), groupBitmapMergeStateIf(buyers, counts), 1099511627777, NOT max(counts)
FROM
(
    SELECT
        slice AS at, 1 AS first, 5 AS levels, 1 AS counts, sum(f.gross) AS gross, sum(toDecimal128(discount, 6) + order_discount) AS discounts,
        toDecimal128(0, 6) AS returns, toDecimal128(0, 6) AS returns_by_order_date, uniqExact(order_id) AS orders,
        uniqExactIf(order_id, returned) AS returned_orders, sum(quantity) AS units, groupBitmapStateIf(customer_key, customer_key != 0) AS buyers
    FROM `shop_golden`.`fact_sales` AS f FINAL WHERE slice IN (1704067205, 1704067265) GROUP BY slice
    UNION ALL
    SELECT bucket AS at, toUInt8(grain) + counts AS first, if(counts, 5, 1) AS levels, NOT toUInt64(toUInt8(grain)) * 4294967296 + toUnixTimestamp(bucket) IN (5999034501, 5999034561, 10294001792, 10294001852, 14588969088, 18883936384, 23178903680) AS counts,
        gross, discounts, returns, returns_by_order_date, orders, returned_orders, units, buyers
    FROM `shop_golden`.`agg_headline` FINAL WHERE (grain = 'slice' AND (bucket >= 1704067200 AND bucket < 1704067320 AND toStartOfMinute(bucket) IN (1704067200, 1704067260))) OR (grain = 'minute' AND (bucket >= 1704067200 AND bucket < 1704074400 AND toTimeZone(toStartOfHour(bucket, 'Europe/London'), 'UTC') IN (1704067200))) OR (grain = 'hour' AND (bucket >= 1704067200 AND bucket < 1704160800 AND toTimeZone(toStartOfDay(bucket, 'Europe/London'), 'UTC') IN (1704067200))) OR (grain = 'day' AND (bucket >= 1704067200 AND bucket < 1706832000 AND toTimeZone(toDateTime(toStartOfMonth(bucket, 'Europe/London'), 'Europe/London'), 'UTC') IN (1704067200))) OR (grain = 'month' AND (bucket >= 1704067200 AND bucket < 1706832000 AND toTimeZone(toDateTime(toStartOfMonth(bucket, 'Europe/London'), 'Europe/London'), 'UTC') IN (1704067200)))
)
ARRAY JOIN arraySlice([('slice', at), ('minute', toStartOfMinute(at)), ('hour', toTimeZone(toStartOfHour(at, 'Europe/London'), 'UTC')), ('day', toTimeZone(toStartOfDay(at, 'Europe/London'), 'UTC')), ('month', toTimeZone(toDateTime(toStartOfMonth(at, 'Europe/London'), 'Europe/London'), 'UTC'))], first, levels) AS level
GROUP BY g, b
