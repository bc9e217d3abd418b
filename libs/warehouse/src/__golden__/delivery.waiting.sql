SELECT * FROM (SELECT at, id, turn, what, state, channel, about, subject, step, created_at, tried_since, attempts, next_at, digest_at,
    said_by, detail FROM `shop_golden`.`delivery_log` FINAL
WHERE kind = 'delivery' ORDER BY state = 'delivered' DESC, turn DESC, at DESC LIMIT 1 BY id) WHERE state = 'waiting' ORDER BY next_at, id LIMIT 10000 BY channel
