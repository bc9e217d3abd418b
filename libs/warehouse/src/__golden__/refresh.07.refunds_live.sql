INSERT INTO `shop_golden`.`scratch_refunds`
SELECT
    convention, if(convention = 'order-date' AND order_known, order_slice, refund_slice) AS slice, return_id, line, refund_time,
    order_id, order_known, customer_key,
    if(has(order_lines, order_line) AND order_products[indexOf(order_lines, order_line)] != '', order_products[indexOf(order_lines, order_line)], product_id),
    quantity, amount, reason, payment_method, channel, country, region, city, campaign_id, 1099511627777, 0
FROM
(
    SELECT
        arrayJoin(['refund-date', 'order-date']) AS convention,
        r.return_id AS return_id, r.refund_time AS refund_time, r.slice AS refund_slice, r.order_id AS order_id, r.order_known AS order_known,
        if(r.order_known, o.order_customer, r.customer_id) AS customer_id,
        l.line AS line, l.order_line AS order_line, l.product_id AS product_id, l.quantity AS quantity, l.amount AS amount, l.reason AS reason,
        o.order_slice AS order_slice, o.order_lines AS order_lines, o.order_products AS order_products, payment_method, channel, country, region, city, campaign_id
    FROM `shop_golden`.`scratch_returns` AS r ARRAY JOIN lines AS l
    LEFT JOIN
    (
        SELECT
            order_id AS known_order_id, slice AS order_slice, customer_id AS order_customer, lines.line AS order_lines,
            lines.product_id AS order_products, payment_method, channel, country, region, city, campaign_id
        FROM `shop_golden`.`scratch_orders` WHERE winner
    ) AS o ON r.order_id = o.known_order_id
    WHERE r.live
) AS v
LEFT JOIN `shop_golden`.`scratch_keys` AS k ON v.customer_id = k.customer_id
