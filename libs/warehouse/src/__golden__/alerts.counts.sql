SELECT state, count() AS alerts FROM (SELECT alert_id, state, assignee, net_value, body, JSONExtractInt(body, 'decidedAt') AS decided FROM `shop_golden`.`alert_log` FINAL
WHERE kind = 'alert' ORDER BY epoch DESC, offset DESC, step DESC LIMIT 1 BY alert_id) WHERE 1 GROUP BY state ORDER BY state
