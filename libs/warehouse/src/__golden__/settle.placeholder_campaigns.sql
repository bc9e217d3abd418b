INSERT INTO `shop_golden`.`dim_campaigns` (campaign_id, placeholder, generation)
SELECT DISTINCT campaign_id, 1, 1099511627777
FROM (SELECT campaign_id FROM `shop_golden`.`ledger_transactions` WHERE ((partition = 0 AND epoch = 1 AND offset >= 10 AND offset < 20)) AND verdict = 'accepted' UNION ALL SELECT campaign_id FROM `shop_golden`.`scratch_campaign_days_1`)
WHERE campaign_id != '' AND campaign_id NOT IN (SELECT campaign_id FROM `shop_golden`.`dim_campaigns`)
