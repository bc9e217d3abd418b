INSERT INTO `shop_golden`.`scratch_campaign_days_1`
SELECT toDate(bucket, 'Europe/London'), member FROM `shop_golden`.`agg_kpi`
WHERE grain = 'day' AND dimension = 'campaign' AND member != '' AND generation = 1099511627777 AND bucket IN (1704067200)
