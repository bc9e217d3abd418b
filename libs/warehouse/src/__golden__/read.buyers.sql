SELECT member, groupBitmapMerge(k.buyers) AS buyers
FROM `shop_golden`.`agg_kpi` AS k FINAL PREWHERE dimension = 'product' AND ((grain = 'month' AND bucket >= 1704067200 AND bucket < 1706745600) OR (grain = 'hour' AND bucket >= 1704063600 AND bucket < 1704067200)) AND member IN ('a', 'b')
GROUP BY member
