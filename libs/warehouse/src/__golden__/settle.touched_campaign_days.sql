INSERT INTO `shop_golden`.`scratch_campaign_days_1`
SELECT DISTINCT date, campaign_id FROM `shop_golden`.`ledger_campaigns` WHERE ((partition = 0 AND (epoch < 1 OR (epoch = 1 AND offset < 4)))) AND verdict = 'accepted' AND is_day
