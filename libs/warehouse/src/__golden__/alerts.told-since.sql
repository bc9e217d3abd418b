SELECT toUInt8((SELECT count() FROM `shop_golden`.`ledger_transactions`
    WHERE ((partition = 1 AND epoch = 2 AND offset >= 40) OR (partition = 1 AND epoch > 2) OR partition NOT IN (1)) AND verdict = 'accepted' AND recorded_time <= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AND event_time <= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC')) > 0 OR (SELECT count() FROM `shop_golden`.`ledger_returns`
    WHERE 1 AND verdict = 'accepted' AND recorded_time <= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AND event_time <= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC')) > 0 OR (SELECT count() FROM `shop_golden`.`ledger_customers`
    WHERE 1 AND verdict = 'accepted' AND recorded_time <= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AND event_time <= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC')) > 0 OR (SELECT count() = 0 FROM `shop_golden`.`ledger_transactions`
    WHERE partition = 1 AND (epoch > 2 OR (epoch = 2 AND offset >= 39)))) AS told
