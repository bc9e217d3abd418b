INSERT INTO `shop_golden`.`dim_products`
SELECT product_id, best.1, best.2, best.3, best.4, best.5, best.6, best.7, 0, 1099511627777
FROM
(
    SELECT product_id, argMax(tuple(sku, name, category, subcategory, brand, cost, price), (revision, hash)) AS best FROM `shop_golden`.`ledger_products`
    WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted' AND NOT is_count AND entity_id IN (SELECT entity_id FROM `shop_golden`.`ledger_products` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted')
    GROUP BY product_id
)
