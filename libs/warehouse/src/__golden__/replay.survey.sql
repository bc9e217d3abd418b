SELECT * FROM (SELECT 'transactions.v1' AS topic, partition, countIf(taken) AS messages, countIf(taken AND v = 'rejected') AS rejected,
    sumIf(b, taken) AS bytes, sum(m) AS lost,
    minOrNullIf(at, taken AND v = 'accepted') AS first, maxOrNullIf(at, taken AND v = 'accepted') AS last
FROM
(
    SELECT partition, any(verdict != 'gap' AND recorded_time >= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AND recorded_time < toDateTime64('2024-01-02 00:00:00.000', 3, 'UTC')) AS taken, any(verdict) AS v, any(recorded_time) AS at,
        any(length(payload)) AS b, any(if(reason = 'lost-by-retention', missing, 0)) AS m
    FROM `shop_golden`.`ledger_transactions` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 20))))
    GROUP BY partition, epoch, offset SETTINGS optimize_aggregation_in_order = 1
)
GROUP BY partition UNION ALL SELECT 'returns.v1' AS topic, partition, countIf(taken) AS messages, countIf(taken AND v = 'rejected') AS rejected,
    sumIf(b, taken) AS bytes, sum(m) AS lost,
    minOrNullIf(at, taken AND v = 'accepted') AS first, maxOrNullIf(at, taken AND v = 'accepted') AS last
FROM
(
    SELECT partition, any(verdict != 'gap' AND recorded_time >= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AND recorded_time < toDateTime64('2024-01-02 00:00:00.000', 3, 'UTC')) AS taken, any(verdict) AS v, any(recorded_time) AS at,
        any(length(payload)) AS b, any(if(reason = 'lost-by-retention', missing, 0)) AS m
    FROM `shop_golden`.`ledger_returns` WHERE ((partition = 0 AND (epoch < 2 OR (epoch = 2 AND offset < 3))))
    GROUP BY partition, epoch, offset SETTINGS optimize_aggregation_in_order = 1
)
GROUP BY partition) ORDER BY topic, partition
