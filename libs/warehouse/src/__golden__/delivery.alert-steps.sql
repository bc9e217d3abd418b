SELECT partition, epoch, toString(offset) AS place, step, what, alert_id, rule, at, written_at, body FROM `shop_golden`.`alert_log` FINAL
WHERE kind = 'alert' AND ((partition = 2 AND (epoch > 1 OR (epoch = 1 AND (offset > 17 OR (offset = 17 AND step > 3))))) OR partition NOT IN (2)) ORDER BY partition, epoch, offset, step LIMIT 500 BY partition
