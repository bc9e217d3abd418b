SELECT what, count() AS suppressions FROM `shop_golden`.`alert_log` FINAL WHERE kind = 'suppressed' AND rule = 'churn-high' AND customer_id = 'c1' GROUP BY what ORDER BY what
