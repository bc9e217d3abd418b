INSERT INTO `shop_golden`.`fact_campaign_days`
SELECT date, campaign_id, best.1, best.2, best.3, 1099511627777, 0
FROM
(
    SELECT date, campaign_id, argMax((spend, impressions, clicks), (revision, hash)) AS best FROM `shop_golden`.`ledger_campaigns`
    WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted' AND is_day AND entity_id IN (SELECT entity_id FROM `shop_golden`.`ledger_campaigns` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted')
    GROUP BY date, campaign_id
)
