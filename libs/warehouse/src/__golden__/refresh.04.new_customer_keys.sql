INSERT INTO `shop_golden`.`dim_customer_keys`
SELECT customer_id, (SELECT max(customer_key) FROM `shop_golden`.`dim_customer_keys`) + row_number() OVER (ORDER BY customer_id)
FROM
(
    SELECT DISTINCT customer_id FROM
    (
        SELECT customer_id FROM `shop_golden`.`scratch_orders`
        UNION ALL
        SELECT customer_id FROM `shop_golden`.`scratch_returns`
        UNION ALL
        SELECT customer_id FROM `shop_golden`.`ledger_customers` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted'
    )
    WHERE customer_id != ''
)
WHERE customer_id NOT IN (SELECT customer_id FROM `shop_golden`.`dim_customer_keys`)
