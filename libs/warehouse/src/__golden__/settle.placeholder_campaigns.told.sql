INSERT INTO `shop_golden`.`dim_campaigns` (campaign_id, placeholder, generation)
SELECT DISTINCT campaign_id, 1, 1099511627777
FROM (SELECT arrayJoin(['A1', 'it\'s']) AS campaign_id)
WHERE campaign_id != '' AND campaign_id NOT IN (SELECT campaign_id FROM `shop_golden`.`dim_campaigns`)
