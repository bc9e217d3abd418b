INSERT INTO `shop_golden`.`agg_customer_month` SELECT * FROM `shop_golden`.`scratch_customer_month`
