INSERT INTO `shop_golden`.`scratch_kpi`
SELECT 'day', dimension, toTimeZone(toDateTime(toStartOfDay(bucket, 'Europe/London'), 'Europe/London'), 'UTC') AS b, member, sum(gross), sum(discounts), sum(returns), sum(returns_by_order_date), sum(orders), sum(returned_orders), sum(units), groupBitmapMergeState(buyers), 1099511627777, 0
FROM
(
    SELECT * FROM `shop_golden`.`agg_kpi` FINAL
    WHERE grain = 'hour' AND dimension IN ('all', 'product', 'country', 'region', 'city', 'payment', 'channel', 'campaign')
        AND toStartOfDay(bucket, 'Europe/London') IN (SELECT DISTINCT toStartOfDay(slice, 'Europe/London') FROM `shop_golden`.`scratch_dirty`)
        AND bucket NOT IN (SELECT DISTINCT toTimeZone(toStartOfHour(slice, 'Europe/London'), 'UTC') FROM `shop_golden`.`scratch_dirty`)
    UNION ALL
    SELECT * FROM `shop_golden`.`scratch_kpi` WHERE grain = 'hour' AND dimension IN ('all', 'product', 'country', 'region', 'city', 'payment', 'channel', 'campaign')
)
GROUP BY dimension, b, member
