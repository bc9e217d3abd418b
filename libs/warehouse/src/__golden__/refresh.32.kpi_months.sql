INSERT INTO `shop_golden`.`scratch_kpi`
SELECT 'month', dimension, toTimeZone(toDateTime(toStartOfMonth(bucket, 'Europe/London'), 'Europe/London'), 'UTC') AS b, member, sum(gross), sum(discounts), sum(returns), sum(returns_by_order_date), sum(orders), sum(returned_orders), sum(units), groupBitmapMergeState(buyers), 1099511627777, 0
FROM
(
    SELECT * FROM `shop_golden`.`agg_kpi` FINAL
    WHERE grain = 'day' AND dimension IN ('all', 'product', 'country', 'region', 'city', 'payment', 'channel', 'campaign')
        AND toStartOfMonth(bucket, 'Europe/London') IN (SELECT DISTINCT toStartOfMonth(slice, 'Europe/London') FROM `shop_golden`.`scratch_dirty`)
        AND bucket NOT IN (SELECT DISTINCT toTimeZone(toStartOfDay(slice, 'Europe/London'), 'UTC') FROM `shop_golden`.`scratch_dirty`)
    UNION ALL
    SELECT * FROM `shop_golden`.`scratch_kpi` WHERE grain = 'day' AND dimension IN ('all', 'product', 'country', 'region', 'city', 'payment', 'channel', 'campaign')
)
GROUP BY dimension, b, member
