INSERT INTO `shop_golden`.`dim_customers`
SELECT v.customer_id, customer_key, best.1, best.2, best.3, best.4, best.5, best.6, best.7, best.8, 0, 1099511627777
FROM
(
    SELECT customer_id, argMax(tuple(registered_at, name, email, country, region, city, acquisition_channel, consent), (revision, hash)) AS best FROM `shop_golden`.`ledger_customers`
    WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted' AND entity_id IN (SELECT entity_id FROM `shop_golden`.`ledger_customers` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted')
    GROUP BY customer_id
) AS v
INNER JOIN `shop_golden`.`dim_customer_keys` AS k ON v.customer_id = k.customer_id
