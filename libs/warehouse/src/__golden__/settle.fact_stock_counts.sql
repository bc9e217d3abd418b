INSERT INTO `shop_golden`.`fact_stock_counts`
SELECT product_id, counted_at, ifNull(best.1, 0), 1099511627777, best.1 IS NULL
FROM
(
    SELECT product_id, counted_at, argMax(tuple(counted_units), (revision, hash)) AS best FROM `shop_golden`.`ledger_products`
    WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted' AND is_count AND entity_id IN (SELECT entity_id FROM `shop_golden`.`ledger_products` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted')
    GROUP BY product_id, counted_at
)
