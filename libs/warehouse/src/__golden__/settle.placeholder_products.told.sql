INSERT INTO `shop_golden`.`dim_products` (product_id, placeholder, generation)
SELECT DISTINCT product_id, 1, 1099511627777
FROM
(
    SELECT arrayJoin(['A1', 'it\'s']) AS product_id
)
WHERE product_id != '' AND product_id NOT IN (SELECT product_id FROM `shop_golden`.`dim_products`)
