SELECT customer_id, `model`, `decided_at`, `cause`, `probability`, `band`, `previous_band`, `orders`, `stake`, `reasons`, `next_crossing`, `muted`
FROM `shop_golden`.`churn_scores` FINAL WHERE role = 'active' AND kind = 'score' AND customer_id = 'it\'s'
