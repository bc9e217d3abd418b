SELECT
    customer AS customer_id, at, ends,
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
    staked.1 AS stake_ages,
    staked.2 AS stake_nets
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
    customer, at, ends, fromUnixTimestamp64Milli(at, 'UTC') AS as_of,
    arraySort(o -> (-o.1, o.2), arrayMap(d -> (at - d.3, d.4, d.6, d.7, d.8, d.9, d.10), sales)) AS ordered,
    length(refunds) AS refunded, arrayMin(arrayMap(d -> at - d.3, refunds)) AS since_refund,
    arrayFilter(s -> s.1 < 31536000000, arrayMap(d -> (at - d.3, toDecimal128(d.11, 6)), arrayConcat(sales, refunds))) AS staked
FROM
(
    SELECT
        customer, at, ends, arrayFilter(d -> d.1 <= at AND d.2 > at AND NOT d.5, documents) AS sales,
        arrayFilter(d -> d.1 <= at AND d.2 > at AND d.5, documents) AS refunds
    FROM
    (
        SELECT
        customer, groupArray(one) AS documents,
        arraySort(arrayDistinct(arrayPushFront(arrayFilter(x -> x > 1704067200000 AND x <= 1704153600000, arrayConcat(documents.1, documents.2)), 1704067200000))) AS instants
    FROM
    (
        SELECT customer, (starts, ends, moment, document, is_return, day, money, lines, units, products, net) AS one FROM (SELECT
            customer_id AS customer, order_id AS document, false AS is_return, toUnixTimestamp64Milli(order_time) AS moment, toInt32(toDate(order_time, 'Europe/London')) AS day,
            toFloat64(exact) AS money, line_count AS lines, unit_count AS units, product_ids AS products, exact AS net,
            greatest(known, moment) AS starts, if(beaten = 0, 9223372036854775807, beaten) AS ends
        FROM
        (
            SELECT
                order_id, customer_id, order_time, cancelled, toUnixTimestamp64Milli(greatest(recorded_time, event_time)) AS known, min(known) OVER (PARTITION BY order_id ORDER BY revision DESC, hash DESC, known ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS beaten, arraySum((price, quantity, discount) -> toDecimal128(price, 6) * quantity - discount, lines.unit_price, lines.quantity, lines.discount) - order_discount AS exact,
                length(lines.line) AS line_count, arraySum(lines.quantity) AS unit_count, arrayMap(id -> sipHash64(id), arrayDistinct(arrayFilter(id -> id != '', lines.product_id))) AS product_ids
            FROM `shop_golden`.`ledger_transactions`
            WHERE verdict = 'accepted' AND order_id IN (SELECT order_id FROM `shop_golden`.`ledger_transactions` WHERE verdict = 'accepted' AND customer_id IN (SELECT customer_id FROM `shop_golden`.`dim_customer_keys` WHERE customer_key >= 1 AND customer_key <= 5000))
        )
        WHERE NOT cancelled) WHERE customer IN (SELECT customer_id FROM `shop_golden`.`dim_customer_keys` WHERE customer_key >= 1 AND customer_key <= 5000) AND starts < ends AND starts <= 1704153600000 AND ends > 1704067200000
        UNION ALL SELECT customer, (starts, ends, moment, document, is_return, day, money, lines, units, products, net) AS one FROM (SELECT
            o.owner AS customer, return_id AS document, true AS is_return, toUnixTimestamp64Milli(refund_time) AS moment, toInt32(0) AS day,
            toFloat64(0) AS money, toUInt64(0) AS lines, toUInt64(0) AS units, CAST([], 'Array(UInt64)') AS products, -refund AS net, greatest(r.known, o.known, moment) AS starts, least(if(r.beaten = 0, 9223372036854775807, r.beaten), if(o.beaten = 0, 9223372036854775807, o.beaten)) AS ends
        FROM (SELECT
                return_id, order_id AS of, customer_id AS named, refunded, refund_time, revision, hash, toUnixTimestamp64Milli(greatest(recorded_time, event_time)) AS known, min(known) OVER (PARTITION BY return_id ORDER BY revision DESC, hash DESC, known ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS beaten,
                arraySum(amount -> toDecimal128(amount, 6), lines.amount) AS refund
            FROM `shop_golden`.`ledger_returns`
            WHERE verdict = 'accepted' AND return_id IN (SELECT return_id FROM `shop_golden`.`ledger_returns` WHERE verdict = 'accepted'
                AND (customer_id IN (SELECT customer_id FROM `shop_golden`.`dim_customer_keys` WHERE customer_key >= 1 AND customer_key <= 5000) OR order_id IN (SELECT order_id FROM `shop_golden`.`ledger_transactions` WHERE verdict = 'accepted' AND customer_id IN (SELECT customer_id FROM `shop_golden`.`dim_customer_keys` WHERE customer_key >= 1 AND customer_key <= 5000))))) AS r INNER JOIN (SELECT order_id AS id, customer_id AS owner, cancelled AS gone, toUnixTimestamp64Milli(greatest(recorded_time, event_time)) AS known, min(known) OVER (PARTITION BY id ORDER BY revision DESC, hash DESC, known ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS beaten
            FROM `shop_golden`.`ledger_transactions` WHERE verdict = 'accepted' AND order_id IN (SELECT order_id FROM `shop_golden`.`ledger_returns` WHERE verdict = 'accepted')) AS o ON r.of = o.id
        WHERE r.refunded AND NOT o.gone
        UNION ALL
        SELECT
            r.named AS customer, return_id AS document, true AS is_return, toUnixTimestamp64Milli(refund_time) AS moment, toInt32(0) AS day,
            toFloat64(0) AS money, toUInt64(0) AS lines, toUInt64(0) AS units, CAST([], 'Array(UInt64)') AS products, -refund AS net, greatest(r.known, moment) AS starts, least(if(r.beaten = 0, 9223372036854775807, r.beaten), if(f.first = 0, 9223372036854775807, f.first)) AS ends
        FROM (SELECT
                return_id, order_id AS of, customer_id AS named, refunded, refund_time, revision, hash, toUnixTimestamp64Milli(greatest(recorded_time, event_time)) AS known, min(known) OVER (PARTITION BY return_id ORDER BY revision DESC, hash DESC, known ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS beaten,
                arraySum(amount -> toDecimal128(amount, 6), lines.amount) AS refund
            FROM `shop_golden`.`ledger_returns`
            WHERE verdict = 'accepted' AND return_id IN (SELECT return_id FROM `shop_golden`.`ledger_returns` WHERE verdict = 'accepted'
                AND (customer_id IN (SELECT customer_id FROM `shop_golden`.`dim_customer_keys` WHERE customer_key >= 1 AND customer_key <= 5000) OR order_id IN (SELECT order_id FROM `shop_golden`.`ledger_transactions` WHERE verdict = 'accepted' AND customer_id IN (SELECT customer_id FROM `shop_golden`.`dim_customer_keys` WHERE customer_key >= 1 AND customer_key <= 5000))))) AS r LEFT JOIN (SELECT id, min(known) AS first FROM (SELECT order_id AS id, customer_id AS owner, cancelled AS gone, toUnixTimestamp64Milli(greatest(recorded_time, event_time)) AS known, min(known) OVER (PARTITION BY id ORDER BY revision DESC, hash DESC, known ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS beaten
            FROM `shop_golden`.`ledger_transactions` WHERE verdict = 'accepted' AND order_id IN (SELECT order_id FROM `shop_golden`.`ledger_returns` WHERE verdict = 'accepted')) GROUP BY id) AS f ON r.of = f.id
        WHERE r.refunded) WHERE customer IN (SELECT customer_id FROM `shop_golden`.`dim_customer_keys` WHERE customer_key >= 1 AND customer_key <= 5000) AND starts < ends AND starts <= 1704153600000 AND ends > 1704067200000
    )
    GROUP BY customer
    )
    ARRAY JOIN instants AS at, arrayPushBack(arrayMap(x -> x - 1, arrayPopFront(instants)), 1704153600000) AS ends
)
WHERE notEmpty(sales)
)
)
)
)
)
