SELECT customer_id, k.customer_key AS customer_key FROM `shop_golden`.`dim_customer_keys` AS k
INNER JOIN (SELECT customer_key FROM `shop_golden`.`agg_customer` FINAL WHERE customer_key >= 7 AND orders > 0 ORDER BY customer_key LIMIT 1000) AS c
    ON k.customer_key = c.customer_key
ORDER BY customer_key
