SELECT at, id, turn, what, state, channel, about, subject, step, created_at, tried_since, attempts, next_at, digest_at,
    said_by, detail, body FROM `shop_golden`.`delivery_log` FINAL WHERE kind = 'delivery' AND id = 'd1' ORDER BY turn, at
