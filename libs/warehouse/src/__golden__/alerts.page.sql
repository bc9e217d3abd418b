SELECT body FROM (SELECT alert_id, state, assignee, net_value, body, JSONExtractInt(body, 'decidedAt') AS decided FROM `shop_golden`.`alert_log` FINAL
WHERE kind = 'alert' AND rule = 'churn-high' AND customer_id = 'c1' ORDER BY epoch DESC, offset DESC, step DESC LIMIT 1 BY alert_id)
WHERE state IN ('open', 'acted') AND assignee = 'it\'s' AND (decided, alert_id) < (1704067200000, 'a1') ORDER BY decided DESC, alert_id DESC LIMIT 51
