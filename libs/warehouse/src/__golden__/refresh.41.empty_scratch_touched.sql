TRUNCATE TABLE `shop_golden`.`scratch_touched`
