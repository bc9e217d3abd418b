SELECT partition, epoch, toString(offset) AS place, step, what, rule, at, written_at, body FROM `shop_golden`.`alert_log` FINAL
WHERE kind = 'alert' AND ((partition = 2 AND (epoch, offset, step) > (1, 17, 3)) OR partition NOT IN (2)) ORDER BY partition, epoch, offset, step LIMIT 500 BY partition
