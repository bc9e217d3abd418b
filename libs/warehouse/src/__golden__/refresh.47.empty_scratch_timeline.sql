TRUNCATE TABLE `shop_golden`.`scratch_timeline`
