INSERT INTO `shop_golden`.`scratch_kpi`
SELECT 'minute', dimension, toTimeZone(toDateTime(toStartOfMinute(bucket), 'Europe/London'), 'UTC') AS b, member, sum(gross), sum(discounts), sum(returns), sum(returns_by_order_date), sum(orders), sum(returned_orders), sum(units), groupBitmapMergeState(buyers), 1099511627777, 0
FROM
(
    SELECT * FROM `shop_golden`.`agg_kpi` FINAL
    WHERE grain = 'slice' AND dimension = 'all'
        AND toStartOfMinute(bucket) IN (SELECT DISTINCT toStartOfMinute(slice) FROM `shop_golden`.`scratch_dirty`)
        AND bucket NOT IN (SELECT DISTINCT slice FROM `shop_golden`.`scratch_dirty`)
    UNION ALL
    SELECT * FROM `shop_golden`.`scratch_kpi` WHERE grain = 'slice' AND dimension = 'all'
)
GROUP BY dimension, b, member
