INSERT INTO `shop_golden`.`agg_headline`
SELECT g, b, sum(gross), sum(discounts), sum(returns), sum(returns_by_order_date), sum(orders), sum(returned_orders), sum(units),
    groupBitmapMergeState(buyers), 1099511627777, 0
FROM
(
    SELECT toString(grain) AS g, bucket AS b, gross, discounts, returns, returns_by_order_date, orders, returned_orders, units, buyers
    FROM `shop_golden`.`agg_headline` FINAL WHERE (bucket IN (1704067205, 1704067265, 1704067200, 1704067260) AND toUInt64(toUInt8(grain)) * 4294967296 + toUnixTimestamp(bucket) IN (5999034501, 5999034561, 10294001792, 10294001852, 14588969088, 18883936384, 23178903680))
    UNION ALL
    SELECT a.1, toDateTime(a.2, 'UTC'), toDecimal128(a.3, 6), toDecimal128(a.4, 6), toDecimal128(0, 6), toDecimal128(0, 6), toUInt64(a.5), 0,
        toUInt64(a.6), bitmapBuild(CAST(a.7, 'Array(UInt32)'))
    FROM (SELECT arrayJoin([('slice', 1704067200, '12.5', '0', 2, '3', [1, 7])]) AS a)
)
GROUP BY g, b
