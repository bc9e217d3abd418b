INSERT INTO `shop_golden`.`dim_campaigns`
SELECT campaign_id, best.1, best.2, best.3, best.4, best.5, best.6, best.7, best.8, 0, 1099511627777
FROM
(
    SELECT campaign_id, argMax(tuple(status, name, kind, channel, budget, starts_at, ends_at, target_segment), (revision, hash)) AS best FROM `shop_golden`.`ledger_campaigns`
    WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted' AND NOT is_day AND entity_id IN (SELECT entity_id FROM `shop_golden`.`ledger_campaigns` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted')
    GROUP BY campaign_id
)
