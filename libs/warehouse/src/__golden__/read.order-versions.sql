SELECT partition, epoch, offset, order_id AS document, order_id, customer_id, revision, hash, cancelled AS flag, order_time AS moment, event_time, recorded_time
FROM `shop_golden`.`ledger_transactions` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 20)))) AND verdict = 'accepted' ORDER BY partition, epoch, offset
