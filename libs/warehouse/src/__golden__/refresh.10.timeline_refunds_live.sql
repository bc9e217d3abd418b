INSERT INTO `shop_golden`.`scratch_timeline`
SELECT toStartOfMonth(toTimeZone(refund_time, 'Europe/London')), customer_key, 'return', return_id, line, refund_time, product_id, quantity, 0, 0, amount, 1099511627777, 0
FROM `shop_golden`.`scratch_refunds` WHERE convention = 'refund-date' AND NOT is_deleted AND customer_key != 0
