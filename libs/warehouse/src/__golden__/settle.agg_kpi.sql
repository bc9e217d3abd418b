INSERT INTO `shop_golden`.`agg_kpi`
SELECT level.1 AS g, dimension, level.2 AS b, member, sumIf(gross, counts), sumIf(discounts, counts), sumIf(returns, counts), sumIf(returns_by_order_date, counts),
    sumIf(orders, counts), sumIf(returned_orders, counts), sumIf(units, counts), groupBitmapMergeStateIf(buyers, counts), 1099511627777, NOT max(counts)
FROM
(
    SELECT
        'all' AS dimension, '' AS member, bucket AS at, toUInt8(grain) AS first, 1 AS levels, 1 AS counts, gross, discounts, returns,
        returns_by_order_date, orders, returned_orders, units, buyers
    FROM `shop_golden`.`agg_headline` FINAL WHERE (bucket IN (1704067205, 1704067265, 1704067200, 1704067260) AND toUInt64(toUInt8(grain)) * 4294967296 + toUnixTimestamp(bucket) IN (5999034501, 5999034561, 10294001792, 10294001852, 14588969088, 18883936384, 23178903680))
    UNION ALL
    SELECT
        d.1 AS dim, d.2 AS mem, bucket, 3, 3, 1, sum(g), sum(disc), 0, 0, count(), sum(ret), sum(q), groupBitmapStateIf(key, key != 0)
    FROM
    (
        SELECT
            toTimeZone(toStartOfHour(slice, 'Europe/London'), 'UTC') AS bucket, sum(gross) AS g, sum(toDecimal128(discount, 6) + order_discount) AS disc, max(returned) AS ret,
            sum(quantity) AS q, any(customer_key) AS key, [
            ('country', toString(any(country))),
            ('region', concat(toString(any(country)), '', toString(any(region)))),
            ('city', concat(toString(any(country)), '', toString(any(region)), '', toString(any(city)))),
            ('payment', toString(any(payment_method))),
            ('channel', toString(any(channel))),
            ('campaign', toString(any(campaign_id)))] AS members
        FROM `shop_golden`.`fact_sales` AS f FINAL WHERE (slice >= 1704067200 AND slice < 1704074400 AND toTimeZone(toStartOfHour(slice, 'Europe/London'), 'UTC') IN (1704067200))
        GROUP BY slice, order_id
    )
    ARRAY JOIN members AS d
    GROUP BY bucket, dim, mem
    UNION ALL
    SELECT
        'product', mem, toTimeZone(toStartOfDay(slice, 'Europe/London'), 'UTC') AS d, 4, 2, 1, sumIf(f.gross, item), sum(toDecimal128(if(item, discount, order_discount), 6)), 0, 0,
        uniqExactIf(order_id, item), uniqExactIf(order_id, item AND returned), sumIf(quantity, item),
        groupBitmapStateIf(customer_key, item AND customer_key != 0)
    FROM `shop_golden`.`fact_sales` AS f FINAL
    ARRAY JOIN if(order_discount = 0, [product_id], [product_id, 'order']) AS mem, if(order_discount = 0, [1], [1, 0]) AS item
    WHERE (slice >= 1704067200 AND slice < 1704160800 AND toTimeZone(toStartOfDay(slice, 'Europe/London'), 'UTC') IN (1704067200))
    GROUP BY d, mem
    UNION ALL
    SELECT d.1 AS dim, d.2 AS mem, if(dim = 'product', toTimeZone(toStartOfDay(slice, 'Europe/London'), 'UTC'), toTimeZone(toStartOfHour(slice, 'Europe/London'), 'UTC')) AS b, if(dim = 'product', 4, 3), if(dim = 'product', 2, 3), 1, 0, 0,
        sumIf(amount, convention = 'refund-date'), sumIf(amount, convention = 'order-date'), 0, 0, 0, groupBitmapStateIf(toUInt32(0), 0)
    FROM `shop_golden`.`fact_returns` FINAL
    ARRAY JOIN arrayConcat([('product', product_id)], if((slice >= 1704067200 AND slice < 1704074400 AND toTimeZone(toStartOfHour(slice, 'Europe/London'), 'UTC') IN (1704067200)), [
            ('country', toString(country)),
            ('region', concat(toString(country), '', toString(region))),
            ('city', concat(toString(country), '', toString(region), '', toString(city))),
            ('payment', toString(payment_method)),
            ('channel', toString(channel)),
            ('campaign', toString(campaign_id))], [])) AS d
    WHERE convention IN ('refund-date', 'order-date') AND (slice >= 1704067200 AND slice < 1704160800 AND toTimeZone(toStartOfDay(slice, 'Europe/London'), 'UTC') IN (1704067200))
    GROUP BY b, dim, mem
    UNION ALL
    SELECT toString(dimension), member, bucket AS at, toUInt8(grain) + counts AS first, if(counts, 5, 1) AS levels, NOT toUInt64(toUInt8(grain)) * 4294967296 + toUnixTimestamp(bucket) IN (5999034501, 5999034561, 10294001792, 10294001852, 14588969088, 18883936384, 23178903680) AS counts,
        gross, discounts, returns, returns_by_order_date, orders, returned_orders, units, buyers
    FROM `shop_golden`.`agg_kpi` FINAL
    WHERE (bucket IN (1704067205, 1704067265, 1704067200, 1704067260) AND toUInt64(toUInt8(grain)) * 4294967296 + toUnixTimestamp(bucket) IN (5999034501, 5999034561, 10294001792, 10294001852, 14588969088, 18883936384, 23178903680))
        OR (dimension != 'all' AND grain = 'hour' AND (bucket >= 1704067200 AND bucket < 1704160800 AND toTimeZone(toStartOfDay(bucket, 'Europe/London'), 'UTC') IN (1704067200)))
        OR (dimension != 'all' AND grain = 'day' AND (bucket >= 1704067200 AND bucket < 1706832000 AND toTimeZone(toDateTime(toStartOfMonth(bucket, 'Europe/London'), 'Europe/London'), 'UTC') IN (1704067200)))
)
ARRAY JOIN arraySlice([('slice', at), ('minute', toStartOfMinute(at)), ('hour', toTimeZone(toStartOfHour(at, 'Europe/London'), 'UTC')), ('day', toTimeZone(toStartOfDay(at, 'Europe/London'), 'UTC')), ('month', toTimeZone(toDateTime(toStartOfMonth(at, 'Europe/London'), 'Europe/London'), 'UTC'))], first, levels) AS level
GROUP BY g, dimension, b, member
