SELECT at, customer_id, rule, rule_revision, what, detail, probability, net_value, arrayStringConcat(arrayMap(x -> toString(x),
    [toUnixTimestamp64Milli(l.at), toInt64(partition), toInt64(epoch), toInt64(offset), toInt64(step)]), '.') AS place
FROM `shop_golden`.`alert_log` AS l FINAL WHERE kind = 'suppressed' AND rule = 'churn-high' AND what = 'cap' AND customer_id = 'c1' AND (toUnixTimestamp64Milli(l.at), partition, epoch, offset, step) < (1704067200000, 2, 1, 17, 0) ORDER BY l.at DESC, partition DESC, epoch DESC, offset DESC, step DESC LIMIT 51
