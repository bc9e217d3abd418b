INSERT INTO `shop_golden`.`dim_products` (product_id, placeholder, generation)
SELECT DISTINCT product_id, 1, 1099511627777
FROM
(
    SELECT arrayJoin(lines.product_id) AS product_id FROM `shop_golden`.`ledger_transactions` WHERE ((partition = 0 AND epoch = 1 AND offset >= 10 AND offset < 20)) AND verdict = 'accepted'
    UNION ALL SELECT arrayJoin(lines.product_id) FROM `shop_golden`.`ledger_returns` WHERE ((partition = 0 AND ((epoch = 1 AND offset >= 5) OR (epoch > 1 AND epoch < 2) OR (epoch = 2 AND offset < 3)))) AND verdict = 'accepted'
    UNION ALL SELECT product_id FROM `shop_golden`.`ledger_products` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted' AND is_count
)
WHERE product_id != '' AND product_id NOT IN (SELECT product_id FROM `shop_golden`.`dim_products`)
