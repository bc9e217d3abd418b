INSERT INTO `shop_golden`.`scratch_keys`
SELECT customer_id, customer_key FROM `shop_golden`.`dim_customer_keys`
WHERE customer_id IN (
    SELECT customer_id FROM `shop_golden`.`scratch_orders`
    UNION ALL
    SELECT customer_id FROM `shop_golden`.`scratch_returns`
    UNION ALL
    SELECT customer_id FROM `shop_golden`.`ledger_customers` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted')
