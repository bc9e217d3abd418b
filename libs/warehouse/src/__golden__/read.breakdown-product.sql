SELECT member, gross, discounts, returns, orders, returned_orders, units, buyers, count() OVER () AS members,
    sum(gross) OVER () AS total_gross, sum(discounts) OVER () AS total_discounts, sum(returns) OVER () AS total_returns,
    sum(orders) OVER () AS total_orders, sum(returned_orders) OVER () AS total_returned_orders, sum(units) OVER () AS total_units
FROM (SELECT member, sum(gross) AS gross, sum(discounts) AS discounts, sum(k.returns) AS returns,
    sum(orders) AS orders, sum(returned_orders) AS returned_orders, sum(units) AS units, 0 AS buyers
FROM `shop_golden`.`agg_kpi` AS k FINAL WHERE dimension = 'product' AND ((grain = 'month' AND bucket >= 1704067200 AND bucket < 1706745600) OR (grain = 'hour' AND bucket >= 1704063600 AND bucket < 1704067200))
GROUP BY member)
WHERE orders != 0 OR gross != 0 OR discounts != 0 OR returns != 0
ORDER BY gross DESC, member LIMIT 20
