SELECT id, body FROM `shop_golden`.`delivery_log` FINAL
WHERE kind = 'delivery' AND at IN (toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC')) AND id IN ('d1') AND turn = 0 LIMIT 1 BY id
