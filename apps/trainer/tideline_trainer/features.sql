SELECT
    customer AS customer_id,
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
    toFloat32(sin(2. * pi() * toUnixTimestamp64Milli(toDateTime64('{as_of}', 3, 'UTC')) / 86400000. / 365.25)) AS `season_sin`,
    toFloat32(cos(2. * pi() * toUnixTimestamp64Milli(toDateTime64('{as_of}', 3, 'UTC')) / 86400000. / 365.25)) AS `season_cos`,
    toFloat32(log1p(-exp(mbg_log_u)) - mbg_log_u) AS `mbg_logit`
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
    arrayMap((g, i) -> exp2((i - n) / 2.), gaps, arrayEnumerate(gaps)) AS weights, toFloat64({mbg_r}) + n AS mbg_shape, toFloat64({mbg_alpha}) + since_first AS mbg_age,
    log(toFloat64({mbg_a}) / (toFloat64({mbg_b}) + n)) + mbg_shape * log(mbg_age / (mbg_age - since_last)) AS mbg_gone
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
    customer, arraySort(o -> (-o.1, o.2), groupArrayIf((age, document, day, money, lines, units, products), is_return = 0)) AS ordered,
    countIf(is_return) AS refunded, minIf(age, is_return) AS since_refund
FROM
(
    SELECT
        customer_id AS customer, order_id AS document, 0 AS is_return, dateDiff('millisecond', order_time, toDateTime64('{as_of}', 3, 'UTC')) AS age, toInt32(toDate(order_time, '{time_zone}')) AS day,
        net AS money, line_count AS lines, unit_count AS units, product_ids AS products
    FROM
    (
        SELECT
            order_id, customer_id, order_time, cancelled, toFloat64(arraySum((price, quantity, discount) -> toDecimal128(price, 6) * quantity - discount, lines.unit_price, lines.quantity, lines.discount) - order_discount) AS net,
            length(lines.line) AS line_count, arraySum(lines.quantity) AS unit_count, arrayMap(id -> sipHash64(id), arrayDistinct(arrayFilter(id -> id != '', lines.product_id))) AS product_ids
        FROM `{database}`.`ledger_transactions` WHERE verdict = 'accepted' AND recorded_time <= toDateTime64('{as_of}', 3, 'UTC') AND event_time <= toDateTime64('{as_of}', 3, 'UTC') ORDER BY revision DESC, hash DESC LIMIT 1 BY order_id
    )
    WHERE NOT cancelled AND order_time <= toDateTime64('{as_of}', 3, 'UTC') AND customer != ''
    UNION ALL
    SELECT
        if(o.known, o.owner, r.named) AS customer, r.return_id AS document, 1 AS is_return, dateDiff('millisecond', r.refund_time, toDateTime64('{as_of}', 3, 'UTC')) AS age, 0 AS day,
        0. AS money, 0 AS lines, 0 AS units, [] AS products
    FROM
    (
        SELECT return_id, order_id AS of, customer_id AS named, refunded, refund_time FROM `{database}`.`ledger_returns` WHERE verdict = 'accepted' AND recorded_time <= toDateTime64('{as_of}', 3, 'UTC') AND event_time <= toDateTime64('{as_of}', 3, 'UTC') ORDER BY revision DESC, hash DESC LIMIT 1 BY return_id
    ) AS r
    LEFT JOIN
    (
        SELECT order_id AS id, 1 AS known, customer_id AS owner, cancelled AS gone
        FROM `{database}`.`ledger_transactions` WHERE verdict = 'accepted' AND recorded_time <= toDateTime64('{as_of}', 3, 'UTC') AND event_time <= toDateTime64('{as_of}', 3, 'UTC') AND order_id IN (SELECT order_id FROM `{database}`.`ledger_returns` WHERE verdict = 'accepted') ORDER BY revision DESC, hash DESC LIMIT 1 BY id
    ) AS o ON r.of = o.id
    WHERE r.refunded AND r.refund_time <= toDateTime64('{as_of}', 3, 'UTC') AND NOT o.gone AND customer != ''
)
GROUP BY customer
HAVING notEmpty(ordered)
)
)
)
)
)
