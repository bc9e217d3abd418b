TRUNCATE TABLE `shop_golden`.`scratch_sales`
