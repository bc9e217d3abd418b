INSERT INTO `shop_golden`.`scratch_campaign_days`
SELECT toDate(bucket, 'Europe/London'), member FROM `shop_golden`.`scratch_kpi` WHERE grain = 'day' AND dimension = 'campaign' AND member != ''
