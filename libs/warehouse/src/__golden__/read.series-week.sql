SELECT toString(toTimeZone(toDateTime(toStartOfWeek(toTimeZone(bucket, 'Europe/London'), 1), 'Europe/London'), 'UTC')) AS b, sum(gross) AS gross, sum(discounts) AS discounts, sum(k.returns_by_order_date) AS returns,
    sum(orders) AS orders, sum(returned_orders) AS returned_orders, sum(units) AS units, groupBitmapMerge(k.buyers) AS buyers
FROM `shop_golden`.`agg_kpi` AS k FINAL WHERE dimension = 'all' AND ((grain = 'day' AND bucket >= 1704067200 AND bucket < 1704672000))
GROUP BY b ORDER BY b
