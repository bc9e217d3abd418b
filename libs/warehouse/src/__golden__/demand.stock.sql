WITH counts AS
(
    SELECT c.product_id AS product, max(c.counted_at) AS since, argMax(c.units, c.counted_at) AS counted
    FROM `shop_golden`.`fact_stock_counts` AS c FINAL WHERE c.counted_at <= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') GROUP BY product
)
SELECT product AS product_id, toString(since) AS counted_at, toInt64(counted) - sold AS units
FROM counts
LEFT JOIN
(
    SELECT product, sum(quantity) AS sold
    FROM
    (
        SELECT product_id AS product, quantity, order_time FROM `shop_golden`.`fact_sales` FINAL
        WHERE slice >= (SELECT toDateTime(min(since) - INTERVAL 5 SECOND) FROM counts) AND order_time <= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC')
    ) AS s
    INNER JOIN counts AS c ON s.product = c.product
    WHERE s.order_time > c.since
    GROUP BY product
) AS o ON counts.product = o.product
ORDER BY product_id
