SELECT toUnixTimestamp(ingested_at) AS second, count() AS orders FROM `shop_golden`.`ledger_transactions`
WHERE ingested_at >= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AND verdict = 'accepted' AND type = 'tideline.transaction.placed.v1' GROUP BY second
