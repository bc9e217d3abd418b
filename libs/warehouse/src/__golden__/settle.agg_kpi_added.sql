INSERT INTO `shop_golden`.`agg_kpi`
SELECT level.1 AS g, dimension, level.2 AS b, member, sum(gross), sum(discounts), sum(returns), sum(returns_by_order_date), sum(orders),
    sum(returned_orders), sum(units), groupBitmapMergeState(buyers), 1099511627777, 0
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
        FROM `shop_golden`.`fact_sales` AS f FINAL WHERE slice IN (1704067205, 1704067265) AND generation > 4
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
    WHERE slice IN (1704067205, 1704067265) AND generation > 4
    GROUP BY d, mem
    UNION ALL
    SELECT toString(dimension), member, bucket, toUInt8(grain), 1, 0, gross, discounts, returns, returns_by_order_date, orders, returned_orders, units, buyers
    FROM `shop_golden`.`agg_kpi` FINAL WHERE dimension != 'all' AND ((bucket IN (1704067205, 1704067265, 1704067200, 1704067260) AND toUInt64(toUInt8(grain)) * 4294967296 + toUnixTimestamp(bucket) IN (5999034501, 5999034561, 10294001792, 10294001852, 14588969088, 18883936384, 23178903680)))
)
ARRAY JOIN arraySlice([('slice', at), ('minute', toStartOfMinute(at)), ('hour', toTimeZone(toStartOfHour(at, 'Europe/London'), 'UTC')), ('day', toTimeZone(toStartOfDay(at, 'Europe/London'), 'UTC')), ('month', toTimeZone(toDateTime(toStartOfMonth(at, 'Europe/London'), 'Europe/London'), 'UTC'))], first, levels) AS level
GROUP BY g, dimension, b, member
HAVING max(counts)
