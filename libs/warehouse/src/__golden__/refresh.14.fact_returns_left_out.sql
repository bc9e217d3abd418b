INSERT INTO `shop_golden`.`fact_returns_left_out`
SELECT return_id, anyIf(order_id, winner), anyIf(arraySum(arrayMap(x -> toDecimal128(x, 6), lines.amount)), left_out), 'order cancelled', 1099511627777, NOT max(left_out)
FROM `shop_golden`.`scratch_returns` GROUP BY return_id
