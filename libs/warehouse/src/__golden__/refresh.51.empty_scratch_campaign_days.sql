TRUNCATE TABLE `shop_golden`.`scratch_campaign_days`
