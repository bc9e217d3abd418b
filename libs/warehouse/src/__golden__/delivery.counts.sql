SELECT state, count() AS deliveries FROM (SELECT * FROM (SELECT at, id, turn, what, state, channel, about, subject, step, created_at, tried_since, attempts, next_at, digest_at,
    said_by, detail FROM `shop_golden`.`delivery_log` FINAL
WHERE kind = 'delivery' AND channel = 'crm' ORDER BY state = 'delivered' DESC, turn DESC, at DESC LIMIT 1 BY id)) GROUP BY state ORDER BY state
