INSERT INTO `shop_golden`.`scratch_kpi`
SELECT grain, dimension, bucket, member, 0, 0, 0, 0, 0, 0, 0, groupBitmapStateIf(toUInt32(0), 0), 1099511627777, 1
FROM `shop_golden`.`agg_kpi` FINAL
WHERE ((grain = 'slice' AND bucket IN (SELECT DISTINCT slice FROM `shop_golden`.`scratch_dirty`)) OR (grain = 'minute' AND bucket IN (SELECT DISTINCT toStartOfMinute(slice) FROM `shop_golden`.`scratch_dirty`)) OR (grain = 'hour' AND bucket IN (SELECT DISTINCT toTimeZone(toStartOfHour(slice, 'Europe/London'), 'UTC') FROM `shop_golden`.`scratch_dirty`)) OR (grain = 'day' AND bucket IN (SELECT DISTINCT toTimeZone(toStartOfDay(slice, 'Europe/London'), 'UTC') FROM `shop_golden`.`scratch_dirty`)) OR (grain = 'month' AND bucket IN (SELECT DISTINCT toTimeZone(toDateTime(toStartOfMonth(slice, 'Europe/London'), 'Europe/London'), 'UTC') FROM `shop_golden`.`scratch_dirty`)))
    AND (grain, dimension, bucket, member) NOT IN (SELECT grain, dimension, bucket, member FROM `shop_golden`.`scratch_kpi`)
GROUP BY grain, dimension, bucket, member
