SELECT partition, epoch, offset FROM `shop_golden`.`ledger_returns`
WHERE ((partition = 0 AND (epoch < 2 OR (epoch = 2 AND offset < 3)))) AND verdict = 'accepted' AND NOT ((partition = 0 AND ((epoch = 1 AND offset >= 5) OR (epoch > 1 AND epoch < 2) OR (epoch = 2 AND offset < 3))))
    AND return_id IN (SELECT return_id FROM `shop_golden`.`ledger_returns` WHERE ((partition = 0 AND (epoch < 2 OR (epoch = 2 AND offset < 3)))) AND verdict = 'accepted' AND entity_id IN ('o:A1'))
