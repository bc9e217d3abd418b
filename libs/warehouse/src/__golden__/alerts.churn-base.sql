SELECT t, countIf(known) AS customers, countIf(known AND NOT later) AS gone, countIf(recent) AS active, countIf(recent AND NOT later) AS active_gone
FROM
(
    SELECT
        t, arrayExists(x -> x <= t, orders) AS known, arrayExists(x -> x > t - 15552000000 AND x <= t, orders) AS recent,
        arrayExists(x -> x > t AND x <= t + 7776000000, orders) AS later
    FROM
    (
        SELECT customer_key, groupUniqArray(toUnixTimestamp64Milli(at)) AS orders
        FROM `shop_golden`.`facts_by_customer` FINAL WHERE kind = 'sale' AND customer_key != 0 GROUP BY customer_key
    )
    ARRAY JOIN CAST([1704067200000, 1704672000000], 'Array(Int64)') AS t
)
GROUP BY t ORDER BY t
