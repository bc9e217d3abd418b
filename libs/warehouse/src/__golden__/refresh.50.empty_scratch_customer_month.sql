TRUNCATE TABLE `shop_golden`.`scratch_customer_month`
