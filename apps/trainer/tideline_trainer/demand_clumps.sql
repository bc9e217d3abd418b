WITH lines AS
(
    SELECT l.*, p.category AS category, intDiv(day, {horizon_days}) AS span
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
    ) AS l
    LEFT JOIN
    (
        SELECT product_id AS id, category FROM `{database}`.`ledger_products`
    WHERE verdict = 'accepted' AND recorded_time <= toDateTime64('{as_of}', 3, 'UTC') AND event_time <= toDateTime64('{as_of}', 3, 'UTC') AND NOT is_count ORDER BY revision DESC, hash DESC LIMIT 1 BY product_id
    ) AS p ON l.product_id = p.id
)
SELECT (SELECT sum(u * u) / sum(u) FROM (SELECT sum(quantity) AS u FROM lines GROUP BY buyer, category, span)) AS of_categories, (SELECT sum(u * u) / sum(u) FROM (SELECT sum(quantity) AS u FROM lines GROUP BY buyer, product_id, span)) AS of_products
