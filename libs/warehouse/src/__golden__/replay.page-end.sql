SELECT rank, partition, epoch, offset, at FROM
(SELECT * FROM (SELECT 3 AS rank, partition, epoch, offset, recorded_time AS at
FROM `shop_golden`.`ledger_transactions` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 20)))) AND verdict != 'gap' AND recorded_time >= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AND recorded_time < toDateTime64('2024-01-02 00:00:00.000', 3, 'UTC') AND (recorded_time > toDateTime64('2024-01-01 00:00:01.000', 3, 'UTC') OR (recorded_time = toDateTime64('2024-01-01 00:00:01.000', 3, 'UTC') AND (partition, epoch, offset) > (1, 1, 7)))
ORDER BY at, partition, epoch, offset LIMIT 2000 UNION ALL SELECT 4 AS rank, partition, epoch, offset, recorded_time AS at
FROM `shop_golden`.`ledger_returns` WHERE ((partition = 0 AND (epoch < 2 OR (epoch = 2 AND offset < 3)))) AND verdict != 'gap' AND recorded_time >= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AND recorded_time < toDateTime64('2024-01-02 00:00:00.000', 3, 'UTC') AND recorded_time >= toDateTime64('2024-01-01 00:00:01.000', 3, 'UTC')
ORDER BY at, partition, epoch, offset LIMIT 2000) ORDER BY at, rank, partition, epoch, offset LIMIT 2000)
ORDER BY at DESC, rank DESC, partition DESC, epoch DESC, offset DESC LIMIT 1
