SELECT
    min(order_time) AS first_order, max(order_time) AS last_order, uniqExactIf(customer_key, customer_key != 0) AS customers,
    (SELECT max(recorded_time) FROM `{database}`.`ledger` WHERE verdict = 'accepted') AS last_arrival,
    (SELECT argMax(clock, generation) FROM `{database}`.`watermark`) AS clock
FROM `{database}`.`fact_sales` FINAL
