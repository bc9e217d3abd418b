SELECT key, class, method, arrayMap(day -> f.mean[day], [7, 14]) AS mean, arrayMap(day -> f.quantiles[day], [7, 14]) AS quantiles, measures
FROM `shop_golden`.`demand_forecasts` AS f
WHERE origin = toDate('2025-12-31') AND published_at = toDateTime64('2026-01-01 00:00:00.000', 6, 'UTC') AND level = 'product' AND key = 'it\'s'
ORDER BY f.mean[-1] DESC, key
