SELECT argMaxIf(state, sequence, kind = 'checkpoint') AS state, maxIf(sequence, kind = 'move') AS moved, maxIf(sequence, kind = 'sent') AS sent
FROM `shop_golden`.`churn_scores` WHERE role = 'active' AND kind IN ('checkpoint', 'sent', 'move')
