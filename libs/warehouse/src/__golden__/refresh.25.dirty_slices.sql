INSERT INTO `shop_golden`.`scratch_dirty` SELECT slice FROM `shop_golden`.`scratch_sales` UNION DISTINCT SELECT slice FROM `shop_golden`.`scratch_refunds`
