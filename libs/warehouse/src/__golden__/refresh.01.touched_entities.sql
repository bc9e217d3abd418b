INSERT INTO `shop_golden`.`scratch_touched`
SELECT DISTINCT entity_id FROM
(
    SELECT entity_id FROM `shop_golden`.`ledger_transactions` WHERE ((partition = 0 AND epoch = 1 AND offset >= 10 AND offset < 20)) AND verdict = 'accepted'
    UNION ALL
    SELECT entity_id FROM `shop_golden`.`ledger_returns`
    WHERE ((partition = 0 AND (epoch < 2 OR (epoch = 2 AND offset < 3)))) AND verdict = 'accepted' AND return_id IN (SELECT return_id FROM `shop_golden`.`ledger_returns` WHERE ((partition = 0 AND ((epoch = 1 AND offset >= 5) OR (epoch > 1 AND epoch < 2) OR (epoch = 2 AND offset < 3)))) AND verdict = 'accepted')
)
