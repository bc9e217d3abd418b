SELECT toString(origin) AS origin, toString(published_at) AS published_at, probabilities
FROM `shop_golden`.`demand_forecasts` AS f ORDER BY f.origin DESC, f.published_at DESC LIMIT 1
