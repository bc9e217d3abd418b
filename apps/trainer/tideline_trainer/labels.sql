SELECT k.customer_id AS customer_id, orders, sold - refunds AS net
FROM
(
    SELECT customer_key, uniqExact(s.order_id) AS orders, sum(sold_of_order) AS sold, sum(refunds_of_order) AS refunds
    FROM
    (
        SELECT customer_key, order_id, sum(gross) - sum(toDecimal128(discount, 6) + order_discount) AS sold_of_order
        FROM `{database}`.`fact_sales` FINAL
        WHERE order_time > toDateTime64('{as_of}', 3, 'UTC') AND order_time <= addMilliseconds(toDateTime64('{as_of}', 3, 'UTC'), toInt64({horizon_days} * 86400000)) AND customer_key != 0
        GROUP BY customer_key, order_id
    ) AS s
    LEFT JOIN
    (
        SELECT order_id, sum(toDecimal128(amount, 6)) AS refunds_of_order
        FROM `{database}`.`fact_returns` FINAL WHERE convention = 'order-date' AND order_known
        GROUP BY order_id
    ) AS r ON s.order_id = r.order_id
    GROUP BY customer_key
) AS c
INNER JOIN `{database}`.`dim_customer_keys` AS k ON c.customer_key = k.customer_key
