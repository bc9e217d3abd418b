SELECT multiIf((grain = 'month' AND bucket >= 1704067200 AND bucket < 1706745600) OR (grain = 'hour' AND bucket >= 1704063600 AND bucket < 1704067200), 'now', 0, 'before', '') AS stretch, sum(gross) AS gross, sum(discounts) AS discounts, sum(k.returns) AS returns,
    sum(orders) AS orders, sum(returned_orders) AS returned_orders, sum(units) AS units, groupBitmapMerge(k.buyers) AS buyers, sumIf(k.orders, (grain = 'hour' AND bucket >= 0 AND bucket < 3600)) AS orders_of_hour
FROM `shop_golden`.`agg_headline` AS k FINAL
WHERE (grain = 'month' AND bucket >= 1704067200 AND bucket < 1706745600) OR (grain = 'hour' AND bucket >= 1704063600 AND bucket < 1704067200) OR (grain = 'hour' AND bucket >= 0 AND bucket < 3600) GROUP BY stretch
