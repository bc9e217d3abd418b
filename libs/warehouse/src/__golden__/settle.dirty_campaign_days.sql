INSERT INTO `shop_golden`.`scratch_campaign_days_1`
SELECT DISTINCT toDate(bucket, 'Europe/London'), member FROM `shop_golden`.`agg_kpi`
WHERE grain = 'day' AND dimension = 'campaign' AND member != '' AND bucket IN (1704067200)
