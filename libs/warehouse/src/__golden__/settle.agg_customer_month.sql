INSERT INTO `shop_golden`.`agg_customer_month`
SELECT
    month, customer_key, uniqExactIf(document_id, counts AND kind = 'sale'), sumIf(quantity, kind = 'sale'), sum(gross), sum(discount), sum(refund),
    minOrNullIf(at, counts AND kind = 'sale'), maxOrNullIf(at, counts AND kind = 'sale'), 1099511627777, NOT max(counts)
FROM
(
    SELECT month, customer_key, kind, document_id, at, quantity, gross, discount, refund, 1 AS counts
    FROM `shop_golden`.`facts_by_customer` FINAL
    WHERE (month, customer_key) IN (SELECT month, customer_key FROM `shop_golden`.`scratch_customers_1`)
    UNION ALL
    SELECT month, customer_key, 'sale', '', toDateTime64(0, 3, 'UTC'), 0, 0, 0, 0, 0 FROM `shop_golden`.`scratch_customers_1`
)
GROUP BY month, customer_key
