SELECT model, at, min(clock) AS first, any(customers) AS customers
FROM `shop_golden`.`model_watch` WHERE kind = 'mark' AND model = 'churn-it\'s' GROUP BY model, at ORDER BY model, at
