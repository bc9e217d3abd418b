SELECT order_id, payment_method, channel, country, region, city, campaign_id, lines.line AS line, lines.product_id AS product_id
FROM `shop_golden`.`ledger_transactions` WHERE (partition, epoch, offset) IN ((0, 1, 7))
