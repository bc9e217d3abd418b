INSERT INTO `shop_golden`.`facts_by_customer` SELECT * FROM `shop_golden`.`scratch_timeline`
