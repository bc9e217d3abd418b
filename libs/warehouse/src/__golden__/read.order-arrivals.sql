SELECT toUnixTimestamp(ingested_at) AS second, intDiv(toUnixTimestamp64Milli(recorded_time), 1440000) * 1440000 AS recorded, count() AS orders
FROM `shop_golden`.`ledger_transactions`
WHERE ingested_at >= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AND recorded_time >= toDateTime64('2023-12-31 00:00:00.000', 3, 'UTC') AND verdict = 'accepted' AND type = 'tideline.transaction.placed.v1'
GROUP BY second, recorded
