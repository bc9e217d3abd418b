SELECT body FROM (SELECT alert_id, state, assignee, net_value, body, JSONExtractInt(body, 'decidedAt') AS decided FROM `shop_golden`.`alert_log` FINAL
WHERE kind = 'alert' ORDER BY epoch DESC, offset DESC, step DESC LIMIT 1 BY alert_id)
WHERE (net_value, alert_id) < (toDecimal64('250.00', 6), 'a1') ORDER BY net_value DESC, alert_id DESC LIMIT 51
