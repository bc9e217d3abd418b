SELECT
    reference, band, tenth, count() AS customers, sum(silent) AS gone, sum(probability) AS predicted, sum(probability * (1 - probability)) AS variance,
    sum((probability - silent) * (probability - silent)) AS brier, sum(-if(silent, log(inside), log1p(-inside))) AS log_loss,
    sumIf(first_rank + (tied - 1) / 2, silent) AS gone_ranks
FROM
(
    SELECT *,
        intDiv(size, 10) AS small, size % 10 AS larger, larger * (small + 1) AS in_larger,
        if(number < in_larger, intDiv(number, small + 1), larger + intDiv(number - in_larger, greatest(small, 1))) AS tenth,
        least(greatest(probability, 1e-7), 1 - 1e-7) AS inside, multiIf(probability >= 0.7, 'high', probability >= 0, 'low', '') AS band
    FROM
    (
        SELECT *,
            toInt64(row_number() OVER (ORDER BY probability, reference, customer_id)) - 1 AS number, toInt64(count() OVER ()) AS size,
            rank() OVER (ORDER BY probability) AS first_rank, count() OVER (PARTITION BY probability) AS tied
        FROM
        (
            SELECT
                m.reference AS reference, m.customer_id AS customer_id, m.probability AS probability,
                NOT arrayExists(t -> t > m.reference AND t <= addMilliseconds(m.reference, toInt64(7776000000)), o.bought) AS silent
            FROM
            (
                SELECT reference, customer_id, probability FROM `shop_golden`.`churn_marks` FINAL
                WHERE model = 'churn-it\'s' AND reference IN (toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC'), toDateTime64('2024-02-01 00:00:00.000', 3, 'UTC')) AND recency <= 180
            ) AS m
            LEFT JOIN
            (
                SELECT k.customer_id AS customer_id, groupUniqArray(f.at) AS bought
                FROM
                (
                    SELECT customer_key, at FROM `shop_golden`.`facts_by_customer` FINAL
                    PREWHERE month >= toDate(toDateTime64('2023-11-30 00:00:00.000', 3, 'UTC')) AND month <= toDate(toDateTime64('2024-06-02 00:00:00.000', 3, 'UTC'))
                    WHERE kind = 'sale' AND at > toDateTime64('2024-01-01 00:00:00.000', 3, 'UTC') AND at <= toDateTime64('2024-05-01 00:00:00.000', 3, 'UTC')
                ) AS f
                INNER JOIN (SELECT DISTINCT customer_id, customer_key FROM `shop_golden`.`dim_customer_keys`) AS k ON f.customer_key = k.customer_key
                GROUP BY customer_id
            ) AS o ON o.customer_id = m.customer_id
        )
    )
)
GROUP BY reference, band, tenth ORDER BY reference, tenth, band
