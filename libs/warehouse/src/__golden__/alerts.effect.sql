SELECT treated, count() AS customers, countIf(closed) AS closed_customers, toString(sumIf(net, closed)) AS net_sales,
    avgIf(toFloat64(net), closed) AS mean, varSampIf(toFloat64(net), closed) AS variance
FROM
(
    SELECT d.customer_id AS customer_id, any(d.treated) AS treated, any(d.closed) AS closed,
        sumIf(f.gross - f.discount - f.refund, f.at > d.decided AND f.at <= addDays(d.decided, 90)) AS net
    FROM
    (
        SELECT customer_id, argMin(kind = 'alert', l.at) AS treated, min(l.at) AS decided, addDays(decided, 90) <= toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AS closed
        FROM `shop_golden`.`alert_log` AS l FINAL WHERE rule = 'churn-high' AND ((kind = 'alert' AND what = 'opened') OR (kind = 'suppressed' AND what = 'holdout')) GROUP BY customer_id
    ) AS d
    LEFT JOIN
    (
        SELECT n.customer_id AS customer_id, t.at AS at, t.gross AS gross, t.discount AS discount, t.refund AS refund
        FROM (SELECT * FROM `shop_golden`.`facts_by_customer` FINAL PREWHERE customer_key IN (SELECT customer_key FROM (SELECT DISTINCT customer_id, customer_key FROM `shop_golden`.`dim_customer_keys`
            WHERE customer_id IN (SELECT customer_id FROM `shop_golden`.`alert_log` FINAL WHERE rule = 'churn-high' AND ((kind = 'alert' AND what = 'opened') OR (kind = 'suppressed' AND what = 'holdout')))))) AS t
        INNER JOIN (SELECT DISTINCT customer_id, customer_key FROM `shop_golden`.`dim_customer_keys`
            WHERE customer_id IN (SELECT customer_id FROM `shop_golden`.`alert_log` FINAL WHERE rule = 'churn-high' AND ((kind = 'alert' AND what = 'opened') OR (kind = 'suppressed' AND what = 'holdout')))) AS n ON n.customer_key = t.customer_key
    ) AS f ON f.customer_id = d.customer_id
    GROUP BY d.customer_id
)
GROUP BY treated ORDER BY treated
