SELECT count() AS refunds, sum(amount) AS amount, (SELECT countIf(placeholder) FROM `shop_golden`.`dim_customers` FINAL) AS customers,
    (SELECT countIf(placeholder) FROM `shop_golden`.`dim_products` FINAL) AS products, (SELECT countIf(placeholder) FROM `shop_golden`.`dim_campaigns` FINAL) AS campaigns
FROM `shop_golden`.`fact_returns_left_out` FINAL
