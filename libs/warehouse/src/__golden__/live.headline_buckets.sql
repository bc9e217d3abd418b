SELECT grain, toUnixTimestamp(bucket) AS start, gross, discounts, returns, returns_by_order_date, orders, returned_orders,
    units, hex(buyers) AS buyers
FROM `shop_golden`.`agg_headline` FINAL
WHERE bucket IN (1704067200) AND toUInt64(toUInt8(grain)) * 4294967296 + toUnixTimestamp(bucket) IN (5999034496, 23178903680)
