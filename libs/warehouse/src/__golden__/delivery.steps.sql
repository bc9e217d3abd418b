SELECT at, id, turn, what, state, channel, about, subject, step, created_at, tried_since, attempts, next_at, digest_at,
    said_by, detail FROM `shop_golden`.`delivery_log` FINAL WHERE kind = 'delivery' AND at >= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') ORDER BY at, id, turn
