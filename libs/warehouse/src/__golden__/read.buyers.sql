SELECT member, groupBitmapMerge(k.buyers) AS buyers
FROM `shop_golden`.`agg_kpi` AS k FINAL PREWHERE dimension = 'product' AND ((grain = 'month' AND bucket >= toDateTime(1704067200, 'UTC') AND bucket < toDateTime(1706745600, 'UTC')) OR (grain = 'hour' AND bucket >= toDateTime(1704063600, 'UTC') AND bucket < toDateTime(1704067200, 'UTC'))) AND member IN ('a', 'b')
GROUP BY member
