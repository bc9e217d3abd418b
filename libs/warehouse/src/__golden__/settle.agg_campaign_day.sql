INSERT INTO `shop_golden`.`agg_campaign_day`
SELECT
    date, campaign_id, sum(spend), sum(impressions), sum(clicks), sum(orders), sum(units), sum(gross), sum(discounts), sum(returns),
    sum(returns_by_order_date), 1099511627777, min(gone)
FROM
(
    SELECT date, campaign_id, spend, impressions, clicks, 0 AS orders, 0 AS units, 0 AS gross, 0 AS discounts, 0 AS returns, 0 AS returns_by_order_date, 0 AS gone
    FROM `shop_golden`.`fact_campaign_days` FINAL WHERE (date, campaign_id) IN (SELECT date, campaign_id FROM `shop_golden`.`scratch_campaign_days_1`)
    UNION ALL
    SELECT toDate(bucket, 'Europe/London') AS date, member, 0, 0, 0, orders, units, gross, discounts, returns, returns_by_order_date, 0
    FROM `shop_golden`.`agg_kpi` FINAL
    WHERE grain = 'day' AND dimension = 'campaign' AND member != '' AND (toDate(bucket, 'Europe/London'), member) IN (SELECT date, campaign_id FROM `shop_golden`.`scratch_campaign_days_1`)
    UNION ALL
    SELECT DISTINCT date, campaign_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 FROM `shop_golden`.`scratch_campaign_days_1`
)
GROUP BY date, campaign_id
