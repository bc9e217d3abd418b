SELECT * FROM (SELECT at, id, turn, what, state, channel, about, subject, step, created_at, tried_since, attempts, next_at, digest_at,
    said_by, detail FROM `shop_golden`.`delivery_log` FINAL
WHERE kind = 'delivery' AND channel = 'crm' AND subject = 'a1' ORDER BY state = 'delivered' DESC, turn DESC, at DESC LIMIT 1 BY id) WHERE state = 'dead' ORDER BY created_at DESC, id LIMIT 50
