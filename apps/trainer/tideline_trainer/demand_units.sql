SELECT product_id, category, arraySort(groupArray(day)) AS days, arraySort((unit, day) -> day, groupArray(units), groupArray(day)) AS units_of_days
FROM
(
    SELECT product_id, day, sum(quantity) AS units
    FROM
    (
        SELECT product_id, quantity, day, buyer
        FROM
        (
            SELECT
                order_time, cancelled, toInt32(toDate(order_time, '{time_zone}')) AS day, if(customer_id = '', concat('order ', order_id), customer_id) AS buyer,
                lines.product_id AS products, lines.quantity AS quantities
            FROM `{database}`.`ledger_transactions`
            WHERE verdict = 'accepted' AND recorded_time <= toDateTime64('{as_of}', 3, 'UTC') AND event_time <= toDateTime64('{as_of}', 3, 'UTC') ORDER BY revision DESC, hash DESC LIMIT 1 BY order_id
        )
        ARRAY JOIN products AS product_id, quantities AS quantity
        WHERE NOT cancelled AND order_time <= toDateTime64('{as_of}', 3, 'UTC')
    )
    GROUP BY product_id, day
) AS u
LEFT JOIN
(
    SELECT product_id AS id, category FROM `{database}`.`ledger_products`
    WHERE verdict = 'accepted' AND recorded_time <= toDateTime64('{as_of}', 3, 'UTC') AND event_time <= toDateTime64('{as_of}', 3, 'UTC') AND NOT is_count ORDER BY revision DESC, hash DESC LIMIT 1 BY product_id
) AS p ON u.product_id = p.id
GROUP BY product_id, category
ORDER BY product_id
