INSERT INTO `shop_golden`.`agg_kpi` SELECT * FROM `shop_golden`.`scratch_kpi`
