SELECT k.customer_id AS customer_id, arraySort(f.instants) AS instants
FROM
(
    SELECT customer_key, groupUniqArray(toUnixTimestamp64Milli(at)) AS instants FROM `shop_golden`.`facts_by_customer` AS t FINAL
    PREWHERE customer_key IN (SELECT customer_key FROM `shop_golden`.`dim_customer_keys` WHERE customer_id IN ('c1', 'it\'s')) WHERE kind = 'sale' AND t.at > toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') GROUP BY customer_key
) AS f
INNER JOIN (SELECT DISTINCT customer_id, customer_key FROM `shop_golden`.`dim_customer_keys` WHERE customer_id IN ('c1', 'it\'s')) AS k USING (customer_key)
