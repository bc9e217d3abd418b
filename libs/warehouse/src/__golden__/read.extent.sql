SELECT toString(minIf(bucket, grain = 'month')) AS first, toString(maxIf(bucket, grain = 'month')) AS last,
    toString(maxIf(bucket, grain = 'day')) AS lastDay, count() AS buckets
FROM `shop_golden`.`agg_kpi` AS k FINAL WHERE dimension = 'all' AND grain IN ('day', 'month')
