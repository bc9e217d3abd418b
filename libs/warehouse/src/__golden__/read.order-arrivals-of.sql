SELECT order_id AS order, max(toUnixTimestamp(ingested_at)) AS second, max(toUnixTimestamp64Milli(recorded_time)) AS recorded
FROM `shop_golden`.`ledger_transactions`
WHERE ingested_at >= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AND recorded_time >= toDateTime64('2023-12-31 00:00:00.000', 3, 'UTC') AND verdict = 'accepted' AND type = 'tideline.transaction.placed.v1' AND ((partition = 2 AND epoch = 1 AND offset >= 300 AND offset < 1000))
GROUP BY order
