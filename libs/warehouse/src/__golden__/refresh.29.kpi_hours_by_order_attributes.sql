INSERT INTO `shop_golden`.`scratch_kpi`
SELECT 'hour', dimension, bucket, member, sum(gross), sum(discounts), sum(returns), sum(returns_by_order_date), sum(orders), sum(returned_orders), sum(units), groupBitmapMergeState(buyers), 1099511627777, 0
FROM
(
    SELECT
        bucket, d.1 AS dimension, d.2 AS member, sum(g) AS gross, sum(disc) AS discounts, toDecimal128(0, 6) AS returns,
        toDecimal128(0, 6) AS returns_by_order_date, count() AS orders, sum(ret) AS returned_orders, sum(q) AS units,
        groupBitmapStateIf(key, key != 0) AS buyers
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
        FROM `shop_golden`.`fact_sales` FINAL WHERE toStartOfHour(slice, 'Europe/London') IN (SELECT DISTINCT toStartOfHour(slice, 'Europe/London') FROM `shop_golden`.`scratch_dirty`)
        GROUP BY slice, order_id
    )
    ARRAY JOIN members AS d
    GROUP BY bucket, dimension, member
    UNION ALL
    SELECT
        toTimeZone(toStartOfHour(slice, 'Europe/London'), 'UTC') AS bucket, d.1, d.2, toDecimal128(0, 6), toDecimal128(0, 6), sumIf(amount, convention = 'refund-date'),
        sumIf(amount, convention = 'order-date'), 0, 0, 0, groupBitmapStateIf(toUInt32(0), 0)
    FROM `shop_golden`.`fact_returns` FINAL
    ARRAY JOIN [
            ('country', toString(country)),
            ('region', concat(toString(country), '', toString(region))),
            ('city', concat(toString(country), '', toString(region), '', toString(city))),
            ('payment', toString(payment_method)),
            ('channel', toString(channel)),
            ('campaign', toString(campaign_id))] AS d
    WHERE convention IN ('refund-date', 'order-date') AND toStartOfHour(slice, 'Europe/London') IN (SELECT DISTINCT toStartOfHour(slice, 'Europe/London') FROM `shop_golden`.`scratch_dirty`)
    GROUP BY bucket, d.1, d.2
)
GROUP BY dimension, bucket, member
