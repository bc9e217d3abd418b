INSERT INTO `shop_golden`.`fact_sales`
SELECT
    toDateTime(intDiv(toUnixTimestamp(order_time), 5) * 5, 'UTC') AS slice, order_id, l.line, order_time, transform(customer_id, ['c1'], [1], 0), l.product_id, l.quantity, l.unit_price, toDecimal128(l.unit_price, 6) * l.quantity,
    l.discount, if(l.line = arrayMin(lines.line), order_discount, 0), if(l.line = arrayMin(lines.line), shipping, 0), if(l.line = arrayMin(lines.line), tax, 0), l.unit_cost,
    payment_method, channel, country, region, city, campaign_id, 0, 1099511627777, 0
FROM `shop_golden`.`ledger_transactions` ARRAY JOIN lines AS l WHERE (((partition = 0 AND epoch = 1 AND offset >= 10 AND offset < 20)) AND verdict = 'accepted' AND NOT cancelled AND order_id NOT IN ('A1')) OR (partition, epoch, offset) IN ((0, 1, 12), (0, 1, 9))
UNION ALL
SELECT DISTINCT
    toDateTime(intDiv(toUnixTimestamp(order_time), 5) * 5, 'UTC'), order_id, l.line, toDateTime64(0, 3, 'UTC'), 0, '', 0, 0, 0, 0, 0, 0, 0, NULL, '', '', '', '', '', '', 0, 1099511627776, 1
FROM `shop_golden`.`ledger_transactions` ARRAY JOIN lines AS l WHERE (partition, epoch, offset) IN ((0, 1, 12), (0, 1, 3))
