SELECT key, p.name AS name, class, method, arrayMap(day -> f.mean[day], [7, 14]) AS mean, arrayMap(day -> f.quantiles[day], [7, 14]) AS quantiles, measures
FROM `shop_golden`.`demand_forecasts` AS f LEFT JOIN (SELECT product_id, name FROM `shop_golden`.`dim_products` FINAL) AS p ON f.key = p.product_id
WHERE origin = toDate('2025-12-31') AND published_at = toDateTime64('2026-01-01 00:00:00.000', 6, 'UTC') AND level = 'product' AND key = 'it\'s'
ORDER BY f.mean[-1] DESC, key
