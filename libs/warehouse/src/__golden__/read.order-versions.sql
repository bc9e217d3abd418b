SELECT partition, epoch, offset, order_id AS document, order_id, customer_id, revision, hash, cancelled AS flag,
    toUnixTimestamp64Milli(order_time) AS moment, toUnixTimestamp64Milli(event_time) AS event, toUnixTimestamp64Milli(recorded_time) AS recorded
FROM `shop_golden`.`ledger_transactions` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 20)))) AND verdict = 'accepted' ORDER BY partition, epoch, offset
