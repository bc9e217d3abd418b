SELECT kind, band, count() AS customers, avg(probability) AS mean, min(next_crossing) AS next, any(state) AS state
FROM `shop_golden`.`churn_scores` FINAL WHERE role = 'active' AND kind IN ('checkpoint', 'score') GROUP BY kind, band ORDER BY kind, band
