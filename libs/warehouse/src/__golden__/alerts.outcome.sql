SELECT kind, what, detail, body FROM `shop_golden`.`alert_log` FINAL
WHERE kind IN ('alert', 'refused') AND partition = 2 AND offset = 17 AND event_id = 'e1'
    AND what NOT IN ('woken', 'expired') ORDER BY epoch DESC, offset DESC, step DESC LIMIT 1
