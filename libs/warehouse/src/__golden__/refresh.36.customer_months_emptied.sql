INSERT INTO `shop_golden`.`scratch_customer_month` (month, customer_key, generation, is_deleted)
SELECT month, customer_key, 1099511627777, 1 FROM `shop_golden`.`scratch_timeline`
WHERE (month, customer_key) NOT IN (SELECT month, customer_key FROM `shop_golden`.`scratch_customer_month`)
GROUP BY month, customer_key
