SELECT kind, at, what, said_by, detail, state FROM `shop_golden`.`alert_log` FINAL
WHERE kind IN ('alert', 'refused') AND alert_id = 'a1' ORDER BY epoch, offset, step
