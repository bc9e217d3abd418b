SELECT type, event_id, order_id AS entity, event_time, recorded_time, ingested_at, offset, customer_id AS customer, country,
    toString(arraySum((price, quantity) -> toDecimal128(price, 6) * quantity, lines.unit_price, lines.quantity)) AS amount, arraySum(lines.quantity) AS units
FROM `shop_golden`.`ledger_transactions` WHERE verdict = 'accepted' AND ((partition = 2 AND epoch = 1 AND offset >= 10 AND offset < 20)) UNION ALL SELECT type, event_id, return_id AS entity, event_time, recorded_time, ingested_at, offset, customer_id AS customer, '' AS country,
    toString(arraySum(amount -> toDecimal128(amount, 6), lines.amount)) AS amount, arraySum(lines.quantity) AS units
FROM `shop_golden`.`ledger_returns` WHERE verdict = 'accepted' AND ((partition = 2 AND epoch = 1 AND offset >= 10 AND offset < 20))
