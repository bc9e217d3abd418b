INSERT INTO `shop_golden`.`fact_returns` SELECT * FROM `shop_golden`.`scratch_refunds`
