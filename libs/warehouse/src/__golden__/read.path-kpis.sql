SELECT 'agg_kpi' AS table, toString(k.grain) AS grain, k.dimension AS dimension, k.member AS member, toString(k.bucket) AS bucket,
    k.gross AS gross, k.discounts AS discounts, k.returns AS returns, k.returns_by_order_date AS returns_by_order_date,
    k.orders AS orders, k.units AS units, bitmapCardinality(k.buyers) AS buyers
FROM `shop_golden`.`agg_kpi` AS k FINAL
WHERE (k.grain, k.dimension, k.bucket, k.member) IN (('day', 'product', 1704067200, 'pen'))
ORDER BY k.dimension = 'all' DESC, k.dimension, k.member, k.grain, k.bucket
