SELECT 'agg_customer_month' AS table, 'month' AS grain, 'customer' AS dimension, k.customer_id AS member, toString(t.month) AS bucket, t.gross AS gross, t.discounts AS discounts, t.returns AS returns, NULL AS returns_by_order_date, t.orders AS orders, t.units AS units, NULL AS buyers
FROM `shop_golden`.`agg_customer_month` AS t FINAL INNER JOIN `shop_golden`.`dim_customer_keys` AS k ON t.customer_key = k.customer_key WHERE (t.customer_key, t.month) IN (SELECT customer_key, month FROM `shop_golden`.`facts_by_customer` FINAL WHERE month IN (SELECT DISTINCT toStartOfMonth(toTimeZone(at, 'Europe/London')) FROM
(
    SELECT order_time AS at FROM `shop_golden`.`ledger_transactions` WHERE entity_id IN ('o:A1') AND verdict = 'accepted'
    UNION ALL
    SELECT refund_time FROM `shop_golden`.`ledger_returns` WHERE (entity_id IN ('o:A1') OR return_id = 'A1') AND verdict = 'accepted'
)) AND kind = 'sale' AND document_id = 'A1')
UNION ALL
SELECT 'agg_customer' AS table, 'life' AS grain, 'customer' AS dimension, k.customer_id AS member, '' AS bucket, t.gross AS gross, t.discounts AS discounts, t.returns AS returns, NULL AS returns_by_order_date, t.orders AS orders, t.units AS units, NULL AS buyers
FROM `shop_golden`.`agg_customer` AS t FINAL INNER JOIN `shop_golden`.`dim_customer_keys` AS k ON t.customer_key = k.customer_key WHERE t.customer_key IN (SELECT customer_key FROM `shop_golden`.`facts_by_customer` FINAL WHERE month IN (SELECT DISTINCT toStartOfMonth(toTimeZone(at, 'Europe/London')) FROM
(
    SELECT order_time AS at FROM `shop_golden`.`ledger_transactions` WHERE entity_id IN ('o:A1') AND verdict = 'accepted'
    UNION ALL
    SELECT refund_time FROM `shop_golden`.`ledger_returns` WHERE (entity_id IN ('o:A1') OR return_id = 'A1') AND verdict = 'accepted'
)) AND kind = 'sale' AND document_id = 'A1')
UNION ALL
SELECT 'agg_campaign_day' AS table, 'day' AS grain, 'campaign' AS dimension, t.campaign_id AS member, toString(t.date) AS bucket,
    t.gross AS gross, t.discounts AS discounts, t.returns AS returns, t.returns_by_order_date AS returns_by_order_date, t.orders AS orders, t.units AS units, NULL AS buyers
FROM `shop_golden`.`agg_campaign_day` AS t FINAL WHERE (t.campaign_id, t.date) IN
    (
        SELECT campaign_id, toDate(slice, 'Europe/London') FROM `shop_golden`.`fact_returns` FINAL WHERE slice IN (SELECT DISTINCT toDateTime(intDiv(toUnixTimestamp(at), 5) * 5, 'UTC') FROM
(
    SELECT order_time AS at FROM `shop_golden`.`ledger_transactions` WHERE entity_id IN ('o:A1') AND verdict = 'accepted'
    UNION ALL
    SELECT refund_time FROM `shop_golden`.`ledger_returns` WHERE (entity_id IN ('o:A1') OR return_id = 'A1') AND verdict = 'accepted'
)) AND order_id = 'A1'
        UNION ALL
        SELECT campaign_id, toDate(slice, 'Europe/London') FROM `shop_golden`.`fact_sales` FINAL WHERE slice IN (SELECT DISTINCT toDateTime(intDiv(toUnixTimestamp(at), 5) * 5, 'UTC') FROM
(
    SELECT order_time AS at FROM `shop_golden`.`ledger_transactions` WHERE entity_id IN ('o:A1') AND verdict = 'accepted'
    UNION ALL
    SELECT refund_time FROM `shop_golden`.`ledger_returns` WHERE (entity_id IN ('o:A1') OR return_id = 'A1') AND verdict = 'accepted'
)) AND order_id = 'A1'
    )
