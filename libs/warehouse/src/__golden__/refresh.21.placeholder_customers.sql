INSERT INTO `shop_golden`.`dim_customers` (customer_id, customer_key, placeholder, generation)
SELECT customer_id, customer_key, 1, 1099511627777 FROM `shop_golden`.`scratch_keys`
WHERE customer_id NOT IN (SELECT customer_id FROM `shop_golden`.`dim_customers` WHERE customer_id IN (SELECT customer_id FROM `shop_golden`.`scratch_keys`))
