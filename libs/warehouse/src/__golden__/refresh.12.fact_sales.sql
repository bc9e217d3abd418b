INSERT INTO `shop_golden`.`fact_sales` SELECT * FROM `shop_golden`.`scratch_sales`
