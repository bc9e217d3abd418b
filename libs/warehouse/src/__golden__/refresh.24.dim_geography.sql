INSERT INTO `shop_golden`.`dim_geography`
SELECT DISTINCT country, region, city, 1099511627777 FROM `shop_golden`.`scratch_orders`
WHERE (country, region, city) NOT IN (SELECT country, region, city FROM `shop_golden`.`dim_geography`)
