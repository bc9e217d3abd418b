SELECT sum(gross) AS gross, sum(discounts) AS discounts, sum(k.returns) AS returns,
    sum(orders) AS orders, sum(returned_orders) AS returned_orders, sum(units) AS units, groupBitmapMerge(k.buyers) AS buyers
FROM `shop_golden`.`agg_headline` AS k FINAL WHERE ((grain = 'month' AND bucket >= toDateTime(1704067200, 'UTC') AND bucket < toDateTime(1706745600, 'UTC')) OR (grain = 'hour' AND bucket >= toDateTime(1704063600, 'UTC') AND bucket < toDateTime(1704067200, 'UTC')))
