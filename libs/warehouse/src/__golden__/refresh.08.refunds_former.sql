INSERT INTO `shop_golden`.`scratch_refunds` (convention, slice, return_id, line, generation, is_deleted)
SELECT convention, slice, return_id, line, 1099511627777, 1
FROM
(
    SELECT DISTINCT
        arrayJoin([('refund-date', refund_slices), ('order-date', arrayConcat(refund_slices, order_slices))]) AS place,
        place.1 AS convention, arrayJoin(place.2) AS slice, return_id, arrayJoin(all_lines) AS line
    FROM
    (
        SELECT
            return_id,
            groupUniqArrayIf(r.slice, refunded) AS refund_slices,
            groupUniqArrayArray(lines.line) AS all_lines,
            groupUniqArrayArray(o.slices) AS order_slices
        FROM `shop_golden`.`scratch_returns` AS r
        LEFT JOIN (SELECT order_id AS known_order_id, groupUniqArray(slice) AS slices FROM `shop_golden`.`scratch_orders` GROUP BY order_id) AS o
        ON r.order_id = o.known_order_id
        GROUP BY return_id
    )
)
WHERE (convention, slice, return_id, line) NOT IN (SELECT toString(convention), slice, return_id, line FROM `shop_golden`.`scratch_refunds`)
