SELECT DISTINCT level.1 AS grain, m.1 AS dimension, m.2 AS member, level.2 AS start
FROM
(
    SELECT slice, arrayConcat(arrayConcat([('all', '', 1, 5)], arrayMap(each -> (each.1, each.2, 3, 3), [
            ('country', toString(country)),
            ('region', concat(toString(country), '', toString(region))),
            ('city', concat(toString(country), '', toString(region), '', toString(city))),
            ('payment', toString(payment_method)),
            ('channel', toString(channel)),
            ('campaign', toString(campaign_id))]), [('product', product_id, 4, 2)]), if(order_discount != 0, [('product', 'order', 4, 2)], [])) AS members
    FROM `shop_golden`.`fact_sales` FINAL WHERE slice IN (SELECT DISTINCT toDateTime(intDiv(toUnixTimestamp(at), 5) * 5, 'UTC') FROM
(
    SELECT order_time AS at FROM `shop_golden`.`ledger_transactions` WHERE entity_id IN ('o:A1') AND verdict = 'accepted'
    UNION ALL
    SELECT refund_time FROM `shop_golden`.`ledger_returns` WHERE (entity_id IN ('o:A1') OR return_id = 'A1') AND verdict = 'accepted'
)) AND order_id = 'A1'
    UNION ALL
    SELECT slice, arrayConcat([('all', '', 1, 5)], arrayMap(each -> (each.1, each.2, 3, 3), [
            ('country', toString(country)),
            ('region', concat(toString(country), '', toString(region))),
            ('city', concat(toString(country), '', toString(region), '', toString(city))),
            ('payment', toString(payment_method)),
            ('channel', toString(channel)),
            ('campaign', toString(campaign_id))]), [('product', product_id, 4, 2)]) AS members FROM `shop_golden`.`fact_returns` FINAL WHERE slice IN (SELECT DISTINCT toDateTime(intDiv(toUnixTimestamp(at), 5) * 5, 'UTC') FROM
(
    SELECT order_time AS at FROM `shop_golden`.`ledger_transactions` WHERE entity_id IN ('o:A1') AND verdict = 'accepted'
    UNION ALL
    SELECT refund_time FROM `shop_golden`.`ledger_returns` WHERE (entity_id IN ('o:A1') OR return_id = 'A1') AND verdict = 'accepted'
)) AND order_id = 'A1'
)
ARRAY JOIN members AS m
ARRAY JOIN arraySlice([('slice', toUnixTimestamp(slice)), ('minute', toUnixTimestamp(toStartOfMinute(slice))), ('hour', toUnixTimestamp(toTimeZone(toStartOfHour(slice, 'Europe/London'), 'UTC'))), ('day', toUnixTimestamp(toTimeZone(toStartOfDay(slice, 'Europe/London'), 'UTC'))), ('month', toUnixTimestamp(toTimeZone(toDateTime(toStartOfMonth(slice, 'Europe/London'), 'Europe/London'), 'UTC')))], m.3, m.4) AS level
