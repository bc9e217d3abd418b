INSERT INTO `shop_golden`.`scratch_customer_month`
SELECT
    month, customer_key, uniqExactIf(document_id, kind = 'sale'), sumIf(quantity, kind = 'sale'), sum(gross), sum(discount), sum(refund),
    minOrNullIf(at, kind = 'sale'), maxOrNullIf(at, kind = 'sale'), 1099511627777, 0
FROM `shop_golden`.`facts_by_customer` FINAL
WHERE (month, customer_key) IN (SELECT DISTINCT month, customer_key FROM `shop_golden`.`scratch_timeline`)
GROUP BY month, customer_key
