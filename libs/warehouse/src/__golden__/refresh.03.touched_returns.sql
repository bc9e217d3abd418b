INSERT INTO `shop_golden`.`scratch_returns`
SELECT
    return_id, winner,
    winner AND refunded AND NOT (order_known AND order_cancelled) AS live,
    winner AND refunded AND order_known AND order_cancelled AS left_out,
    order_id, order_known, customer_id, refunded, refund_time,
    toDateTime(intDiv(toUnixTimestamp(refund_time), 5) * 5, 'UTC') AS slice, toStartOfMonth(toTimeZone(refund_time, 'Europe/London')) AS month,
    lines.line, lines.order_line, lines.product_id, lines.quantity, lines.amount, lines.reason
FROM
(
    SELECT
        *,
        row_number() OVER (PARTITION BY return_id ORDER BY revision DESC, hash DESC) = 1 AS winner,
        first_value(entity_id) OVER (PARTITION BY return_id ORDER BY revision DESC, hash DESC) AS stands_at
    FROM `shop_golden`.`ledger_returns`
    WHERE ((partition = 0 AND (epoch < 2 OR (epoch = 2 AND offset < 3)))) AND verdict = 'accepted' AND return_id IN (
        SELECT return_id FROM `shop_golden`.`ledger_returns` WHERE ((partition = 0 AND (epoch < 2 OR (epoch = 2 AND offset < 3)))) AND verdict = 'accepted' AND entity_id IN (SELECT entity_id FROM `shop_golden`.`scratch_touched`))
) AS r
LEFT JOIN
(
    SELECT order_id AS known_order_id, 1 AS order_known, max(winner AND NOT live) AS order_cancelled
    FROM `shop_golden`.`scratch_orders` GROUP BY order_id
) AS o ON r.order_id = o.known_order_id
WHERE stands_at IN (SELECT entity_id FROM `shop_golden`.`scratch_touched`)
