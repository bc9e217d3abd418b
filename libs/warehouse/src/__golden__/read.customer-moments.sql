SELECT
    tag,
    toFloat32(since_last) AS `recency`,
    toFloat32(since_first) AS `tenure`,
    toFloat32(n) AS `repeat_days`,
    toFloat32(mean_gap) AS `gap_mean`,
    toFloat32(std_gap) AS `gap_std`,
    toFloat32(max_gap) AS `gap_max`,
    toFloat32(last_gap) AS `gap_last`,
    toFloat32(ewma_gap) AS `gap_ewma`,
    toFloat32(since_last / mean_gap) AS `recency_per_mean`,
    toFloat32(since_last / ewma_gap) AS `recency_per_ewma`,
    toFloat32(since_last / max_gap) AS `recency_per_max`,
    toFloat32((since_last - mean_gap) / (std_gap + 3.)) AS `recency_z`,
    toFloat32(std_gap / mean_gap) AS `gap_cv`,
    toFloat32(log(last_gap / mean_gap)) AS `gap_trend`,
    toFloat32(arraySum(age -> exp2(age / -14.), ages)) AS `orders_14`,
    toFloat32(arraySum(age -> exp2(age / -45.), ages)) AS `orders_45`,
    toFloat32(arraySum(decay_120)) AS `orders_120`,
    toFloat32(arraySum(age -> exp2(age / -365.), ages)) AS `orders_365`,
    toFloat32(arraySum((amount, weight) -> amount * weight, amounts, decay_120)) AS `money_120`,
    toFloat32(log1p(greatest(total, 0.))) AS `money_total`,
    toFloat32(log_mean) AS `money_mean`,
    toFloat32(log1p(greatest(arrayMax(amounts), 0.))) AS `money_max`,
    toFloat32(log_last) AS `money_last`,
    toFloat32(log_last - log_mean) AS `money_last_diff`,
    toFloat32(orders / (since_first + 1.)) AS `rate`,
    toFloat32(refunded) AS `returns`,
    toFloat32(refunded / orders) AS `return_share`,
    toFloat32(if(refunded = 0, nan, since_refund / 86400000.)) AS `return_recency`,
    toFloat32(arraySum(line_counts) / orders) AS `basket_lines`,
    toFloat32(arraySum(ordered.6) / orders) AS `basket_units`,
    toFloat32(line_counts[-1]) AS `lines_last`,
    toFloat32(if(bought = 0, nan, 1. - arrayUniq(arrayFlatten(product_sets)) / bought)) AS `bought_before`,
    toFloat32(sin(2. * pi() * toUnixTimestamp64Milli(as_of) / 86400000. / 365.25)) AS `season_sin`,
    toFloat32(cos(2. * pi() * toUnixTimestamp64Milli(as_of) / 86400000. / 365.25)) AS `season_cos`,
    toFloat32(log1p(-exp(mbg_log_u)) - mbg_log_u) AS `mbg_logit`,
    toUInt32(orders) AS known_orders,
    stake
FROM
(
SELECT *,
    if(n = 0, nan, sqrt(arraySum(g -> (g - mean_gap) * (g - mean_gap), gaps) / n)) AS std_gap,
    if(n = 0, nan, arraySum((g, w) -> g * w, gaps, weights) / arraySum(weights)) AS ewma_gap,
    log(1. - exp(mbg_shape * log(mbg_age / (mbg_age + 90))))
        - if(mbg_gone > 0, mbg_gone + log1p(exp(-mbg_gone)), log1p(exp(mbg_gone))) AS mbg_log_u
FROM
(
SELECT *,
    log1p(greatest(total / orders, 0.)) AS log_mean, log1p(greatest(last_amount, 0.)) AS log_last,
    if(n = 0, nan, (starts[1] - starts[-1]) / 86400000. / n) AS mean_gap, if(n = 0, nan, arrayMax(gaps)) AS max_gap, if(n = 0, nan, gaps[-1]) AS last_gap,
    arrayMap((g, i) -> exp2((i - n) / 2.), gaps, arrayEnumerate(gaps)) AS weights, toFloat64(0.8) + n AS mbg_shape, toFloat64(60) + since_first AS mbg_age,
    log(toFloat64(0.5) / (toFloat64(2) + n)) + mbg_shape * log(mbg_age / (mbg_age - since_last)) AS mbg_gone
FROM
(
SELECT *,
    ages[-1] AS since_last, ages[1] AS since_first, arraySum(amounts) AS total, amounts[-1] AS last_amount, arrayMap(age -> exp2(age / -120.), ages) AS decay_120,
    arraySum(s -> length(s), product_sets) AS bought, arrayMap(ms -> ms / -86400000., arrayPopFront(arrayDifference(starts))) AS gaps, length(gaps) AS n
FROM
(
SELECT *,
    ordered.1 AS ages_ms, ordered.3 AS days, ordered.4 AS amounts, ordered.5 AS line_counts, ordered.7 AS product_sets,
    length(ages_ms) AS orders, arrayMap(ms -> ms / 86400000., ages_ms) AS ages,
    arrayFilter((ms, day, before) -> day != before, ages_ms, days, arrayPushFront(arrayPopBack(days), -1)) AS starts
FROM
(
SELECT
    tag, any(as_of) AS as_of, arraySort(o -> (-o.1, o.2), groupArrayIf((age, document, day, money, lines, units, products), is_return = 0)) AS ordered,
    countIf(is_return) AS refunded, minIf(age, is_return) AS since_refund,
    toString(least(greatest(sumIf(net, age < 31536000000), toDecimal128(0, 6)), toDecimal128('999999999999.999999', 6))) AS stake
FROM
(
    SELECT
        tag, as_of, document, is_return, dateDiff('millisecond', moment, as_of) AS age, toInt32(toDate(moment, 'Europe/London')) AS day, money, lines, units, products, net
    FROM
    (
        SELECT
            customer_key, document_id AS document, kind = 'return' AS is_return, any(f.at) AS moment, toFloat64(sum(gross) - sum(discount)) AS money,
            count() AS lines, sum(quantity) AS units, arrayMap(id -> sipHash64(id), arrayDistinct(arrayFilter(id -> id != '', groupArray(product_id)))) AS products, sum(gross) - sum(discount) - sum(refund) AS net
        FROM `shop_golden`.`facts_by_customer` AS f FINAL PREWHERE customer_key IN (SELECT customer_key FROM `shop_golden`.`dim_customer_keys` WHERE customer_id IN ('it\'s', 'c2')) WHERE NOT (kind = 'sale' AND document_id IN ('A1')) AND NOT (kind = 'return' AND document_id IN ('R1'))
        GROUP BY customer_key, kind, document_id
    ) AS d
    INNER JOIN
    (
        SELECT tag, as_of, customer_key FROM (SELECT tag, customer, fromUnixTimestamp64Milli(ms, 'UTC') AS as_of FROM (SELECT 1) ARRAY JOIN CAST([0, 1], 'Array(UInt32)') AS tag, CAST(['it\'s', 'c2'], 'Array(String)') AS customer, CAST([1704067200000, 1704067200001], 'Array(Int64)') AS ms) AS m INNER JOIN (SELECT customer_id, any(customer_key) AS customer_key FROM `shop_golden`.`dim_customer_keys` WHERE customer_id IN ('it\'s', 'c2') GROUP BY customer_id) AS k ON m.customer = k.customer_id
    ) AS p ON d.customer_key = p.customer_key
    WHERE moment <= as_of UNION ALL SELECT
        tag, as_of, order_id AS document, 0 AS is_return, dateDiff('millisecond', order_time, as_of) AS age, toInt32(toDate(order_time, 'Europe/London')) AS day,
        toFloat64(exact) AS money, line_count AS lines, unit_count AS units, product_ids AS products, exact AS net
    FROM
    (
        SELECT
            partition, epoch, offset, order_id, order_time, arraySum((price, quantity, discount) -> toDecimal128(price, 6) * quantity - discount, lines.unit_price, lines.quantity, lines.discount) - order_discount AS exact, length(lines.line) AS line_count,
            arraySum(lines.quantity) AS unit_count, arrayMap(id -> sipHash64(id), arrayDistinct(arrayFilter(id -> id != '', lines.product_id))) AS product_ids
        FROM `shop_golden`.`ledger_transactions` WHERE (partition, epoch, offset) IN ((1, 1, 7))
    ) AS v
    INNER JOIN (SELECT tag, fromUnixTimestamp64Milli(ms, 'UTC') AS as_of, of_partition, of_epoch, of_offset FROM (SELECT 1)
        ARRAY JOIN CAST([0], 'Array(UInt32)') AS tag, CAST([1704067200000], 'Array(Int64)') AS ms,
            CAST([1], 'Array(UInt16)') AS of_partition, CAST([1], 'Array(UInt32)') AS of_epoch,
            CAST([7], 'Array(UInt64)') AS of_offset) AS s ON v.partition = s.of_partition AND v.epoch = s.of_epoch AND v.offset = s.of_offset UNION ALL SELECT
        tag, as_of, return_id AS document, 1 AS is_return, dateDiff('millisecond', refund_time, as_of) AS age, 0 AS day,
        0. AS money, 0 AS lines, 0 AS units, [] AS products, -refund AS net
    FROM
    (
        SELECT partition, epoch, offset, return_id, refund_time, arraySum(amount -> toDecimal128(amount, 6), lines.amount) AS refund
        FROM `shop_golden`.`ledger_returns` WHERE (partition, epoch, offset) IN ((1, 1, 3))
    ) AS v
    INNER JOIN (SELECT tag, fromUnixTimestamp64Milli(ms, 'UTC') AS as_of, of_partition, of_epoch, of_offset FROM (SELECT 1)
        ARRAY JOIN CAST([1], 'Array(UInt32)') AS tag, CAST([1704067200001], 'Array(Int64)') AS ms,
            CAST([1], 'Array(UInt16)') AS of_partition, CAST([1], 'Array(UInt32)') AS of_epoch,
            CAST([3], 'Array(UInt64)') AS of_offset) AS s ON v.partition = s.of_partition AND v.epoch = s.of_epoch AND v.offset = s.of_offset
)
GROUP BY tag
HAVING notEmpty(ordered)
)
)
)
)
)
