SELECT (SELECT count() FROM `shop_golden`.`agg_customer` FINAL WHERE orders > 0 AND first_order >= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AND first_order < toDateTime64('2024-01-02 00:00:00.000', 3, 'UTC')) AS new_buyers, countIf(n >= 1) AS once, countIf(n >= 2) AS again
FROM
(
    SELECT customer_key, sum(orders) AS n FROM
    (
        SELECT customer_key, orders FROM `shop_golden`.`agg_customer_month` FINAL WHERE month < toStartOfMonth(toTimeZone(toDateTime64('2024-01-02 00:00:00.000', 3, 'UTC'), 'Europe/London'))
        UNION ALL
        SELECT customer_key, uniqExact(document_id) FROM `shop_golden`.`facts_by_customer` FINAL
        WHERE month = toStartOfMonth(toTimeZone(toDateTime64('2024-01-02 00:00:00.000', 3, 'UTC'), 'Europe/London')) AND kind = 'sale' AND at < toDateTime64('2024-01-02 00:00:00.000', 3, 'UTC') GROUP BY customer_key
    )
    GROUP BY customer_key
)
