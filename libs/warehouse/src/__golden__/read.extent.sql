SELECT toString(min(bucket)) AS first, toString(max(bucket)) AS last, count() AS buckets
FROM `shop_golden`.`agg_kpi` FINAL WHERE grain = 'month' AND dimension = 'all'
