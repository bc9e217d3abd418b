SELECT toString(min(bucket)) AS first, toString(max(bucket)) AS last, count() AS buckets
FROM `shop_golden`.`agg_kpi` AS k FINAL WHERE dimension = 'all' AND grain = 'month'
