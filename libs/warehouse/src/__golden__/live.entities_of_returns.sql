SELECT DISTINCT entity_id FROM `shop_golden`.`ledger_returns` WHERE ((partition = 0 AND (epoch < 2 OR (epoch = 2 AND offset < 3)))) AND verdict = 'accepted' AND return_id IN ('R1', 'it\'s')
