INSERT INTO `shop_golden`.`scratch_timeline` (month, customer_key, kind, document_id, line, generation, is_deleted)
SELECT DISTINCT month, customer_key, 'return', return_id, line, 1099511627777, 1
FROM
(
    SELECT return_id, arrayJoin(months) AS month, arrayJoin(customers) AS customer_id, arrayJoin(all_lines) AS line
    FROM
    (
        SELECT
            return_id,
            groupUniqArrayIf(r.month, refunded) AS months,
            groupUniqArrayArray(lines.line) AS all_lines,
            arrayConcat(groupUniqArray(r.customer_id), groupUniqArrayArray(o.customers)) AS customers
        FROM `shop_golden`.`scratch_returns` AS r
        LEFT JOIN (SELECT order_id AS known_order_id, groupUniqArray(customer_id) AS customers FROM `shop_golden`.`scratch_orders` GROUP BY order_id) AS o
        ON r.order_id = o.known_order_id
        GROUP BY return_id
    )
) AS v
INNER JOIN `shop_golden`.`scratch_keys` AS k ON v.customer_id = k.customer_id
WHERE (month, customer_key, return_id, line) NOT IN (SELECT month, customer_key, document_id, line FROM `shop_golden`.`scratch_timeline` WHERE kind = 'return')
