INSERT INTO `shop_golden`.`dim_geography`
SELECT DISTINCT country, region, city, 1099511627777 FROM `shop_golden`.`ledger_transactions` WHERE ((partition = 0 AND epoch = 1 AND offset >= 10 AND offset < 20)) AND verdict = 'accepted' AND
    (country, region, city) NOT IN (SELECT country, region, city FROM `shop_golden`.`dim_geography`)
