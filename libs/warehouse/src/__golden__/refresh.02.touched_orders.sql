INSERT INTO `shop_golden`.`scratch_orders`
SELECT
    order_id,
    count() OVER (PARTITION BY order_id) AS versions,
    row_number() OVER (PARTITION BY order_id ORDER BY revision DESC, hash DESC) = 1 AS winner,
    winner AND NOT cancelled AS live,
    order_time, toDateTime(intDiv(toUnixTimestamp(order_time), 5) * 5, 'UTC') AS slice, toStartOfMonth(toTimeZone(order_time, 'Europe/London')) AS month,
    customer_id, payment_method, channel, country, region, city, campaign_id, order_discount, shipping, tax,
    lines.line, lines.product_id, lines.quantity, lines.unit_price, lines.discount, lines.unit_cost
FROM `shop_golden`.`ledger_transactions`
WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 20)))) AND verdict = 'accepted' AND entity_id IN (SELECT entity_id FROM `shop_golden`.`scratch_touched`)
