INSERT INTO `shop_golden`.`dim_customers` (customer_id, customer_key, placeholder, generation)
SELECT customer_id, customer_key, 1, 1099511627777 FROM `shop_golden`.`dim_customer_keys`
WHERE customer_id IN ('A1', 'it\'s') AND customer_id NOT IN (SELECT customer_id FROM `shop_golden`.`dim_customers` WHERE customer_id IN ('A1', 'it\'s'))
