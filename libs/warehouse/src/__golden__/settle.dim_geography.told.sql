INSERT INTO `shop_golden`.`dim_geography`
SELECT DISTINCT country, region, city, 1099511627777 FROM (SELECT place.1 AS country, place.2 AS region, place.3 AS city FROM (SELECT arrayJoin([('DE', '', 'It\'s')]) AS place)) WHERE
    (country, region, city) NOT IN (SELECT country, region, city FROM `shop_golden`.`dim_geography`)
