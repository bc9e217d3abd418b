-- scope: shop
-- Why: RFM, cohorts and segment flow are refreshable views over L2. The refresher triggers them at most once a second and
-- after the figures of a generation are complete, so each is of one generation, which it carries. Plain views serve any
-- ClickHouse tool and hold winner rows only. Cost: 16-50 ms per refresh at 50,000 customers.
-- Check: SELECT segment, count() FROM {db}.mv_rfm_scores GROUP BY segment

-- Recency in calendar days of the shop's zone; scores by NTILE(5) with ties by id; ids compare as integers when all are digits.
-- The windows need a frame over the whole set: ClickHouse's NTILE refuses any other.
CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.mv_rfm_scores
REFRESH EVERY 100 YEAR
(
    customer_id  String,
    customer_key UInt32,
    recency      UInt32,
    frequency    UInt64,
    monetary     Decimal(38, 6),
    r            UInt8,
    f            UInt8,
    m            UInt8,
    score        UInt8,
    segment      LowCardinality(String),
    as_of        DateTime64(3, 'UTC'),
    generation   UInt64
)
ENGINE = MergeTree
ORDER BY customer_id
EMPTY
AS
SELECT
    customer_id, customer_key, recency, frequency, monetary, r, f, m, r + f + m AS score,
    multiIf(score >= 13, 'Champions', score >= 11, 'Loyal Customers', score >= 9, 'Potential Loyalist', score >= 7, 'At Risk', score >= 5, 'Needs Attention', 'Lost') AS segment,
    as_of, generation
FROM
(
    SELECT
        *,
        ntile(5) OVER (ORDER BY recency DESC, id_number, customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS r,
        ntile(5) OVER (ORDER BY frequency, id_number, customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS f,
        ntile(5) OVER (ORDER BY monetary, id_number, customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS m
    FROM
    (
        SELECT
            k.customer_id AS customer_id, a.customer_key AS customer_key,
            toUInt32(greatest(dateDiff('day', toDate(assumeNotNull(a.last_order), {zone}), toDate(now.clock, {zone})), 0)) AS recency,
            a.orders AS frequency, a.gross - a.discounts - a.returns AS monetary,
            if(min(match(k.customer_id, '^[0-9]{1,70}$')) OVER (), toUInt256OrZero(k.customer_id), toUInt256(0)) AS id_number,
            now.clock AS as_of, now.generation AS generation
        FROM {db}.agg_customer AS a FINAL
        INNER JOIN {db}.dim_customer_keys AS k ON a.customer_key = k.customer_key
        CROSS JOIN (SELECT assumeNotNull(argMax(clock, w.generation)) AS clock, max(w.generation) AS generation FROM {db}.watermark AS w) AS now
        WHERE a.orders > 0
    )
);

-- Cohort = local month of the first order; age = months since. A month that the clock has not passed is not complete.
CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.mv_cohort_retention
REFRESH EVERY 100 YEAR
(
    cohort     Date,
    age        UInt16,
    customers  UInt64,
    active     UInt64,
    orders     UInt64,
    net_sales  Decimal(38, 6),
    complete   UInt8,
    as_of      DateTime64(3, 'UTC'),
    generation UInt64
)
ENGINE = MergeTree
ORDER BY (cohort, age)
EMPTY
AS
SELECT
    cohort, dateDiff('month', cohort, month) AS age, any(size) AS customers, countIf(m.orders > 0) AS active, sum(m.orders) AS orders,
    sum(m.gross - m.discounts - m.returns) AS net_sales,
    addMonths(month, 1) <= toDate(any(now.clock), {zone}) AS complete, any(now.clock) AS as_of, any(now.generation) AS generation
FROM {db}.agg_customer_month AS m FINAL
INNER JOIN
(
    SELECT customer_key, toStartOfMonth(toTimeZone(assumeNotNull(first_order), {zone})) AS cohort, count() OVER (PARTITION BY cohort) AS size
    FROM {db}.agg_customer FINAL WHERE orders > 0
) AS c ON m.customer_key = c.customer_key
CROSS JOIN (SELECT assumeNotNull(argMax(clock, w.generation)) AS clock, max(w.generation) AS generation FROM {db}.watermark AS w) AS now
WHERE m.month >= cohort
GROUP BY cohort, month;

-- Segments thirty days before the clock against now, from the customers' timeline as it is known now.
CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.mv_segment_flow
REFRESH EVERY 100 YEAR
(
    from_segment LowCardinality(String),
    to_segment   LowCardinality(String),
    customers    UInt64,
    net_sales    Decimal(38, 6),
    as_of        DateTime64(3, 'UTC'),
    generation   UInt64
)
ENGINE = MergeTree
ORDER BY (from_segment, to_segment)
EMPTY
AS
SELECT if(was.segment = '', 'New', was.segment) AS from_segment, is.segment AS to_segment, count() AS customers, sum(is.monetary) AS net_sales,
    any(is.as_of) AS as_of, any(is.generation) AS generation
FROM {db}.mv_rfm_scores AS is
LEFT JOIN
(
    SELECT
        customer_key,
        multiIf(r + f + m >= 13, 'Champions', r + f + m >= 11, 'Loyal Customers', r + f + m >= 9, 'Potential Loyalist', r + f + m >= 7, 'At Risk', r + f + m >= 5, 'Needs Attention', 'Lost') AS segment
    FROM
    (
        SELECT
            customer_key,
            ntile(5) OVER (ORDER BY recency DESC, id_number, customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS r,
            ntile(5) OVER (ORDER BY frequency, id_number, customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS f,
            ntile(5) OVER (ORDER BY monetary, id_number, customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS m
        FROM
        (
            SELECT
                t.customer_key AS customer_key, k.customer_id AS customer_id, then.at AS at,
                dateDiff('day', toDate(maxIf(t.at, t.kind = 'sale'), {zone}), toDate(any(then.at), {zone})) AS recency,
                uniqExactIf(t.document_id, t.kind = 'sale') AS frequency, sum(t.gross - t.discount - t.refund) AS monetary,
                if(min(match(k.customer_id, '^[0-9]{1,70}$')) OVER (), toUInt256OrZero(k.customer_id), toUInt256(0)) AS id_number
            FROM {db}.facts_by_customer AS t FINAL
            INNER JOIN {db}.dim_customer_keys AS k ON t.customer_key = k.customer_key
            CROSS JOIN (SELECT addDays(assumeNotNull(argMax(clock, w.generation)), -30) AS at FROM {db}.watermark AS w) AS then
            WHERE t.at <= then.at
            GROUP BY t.customer_key, k.customer_id, then.at
            HAVING frequency > 0
        )
    )
) AS was ON is.customer_key = was.customer_key
GROUP BY from_segment, to_segment;

CREATE OR REPLACE VIEW {db}.vw_sales_overview AS
SELECT
    toDate(bucket, {zone}) AS date, gross AS gross_sales, discounts, returns, gross - discounts - returns AS net_sales, orders, units,
    bitmapCardinality(buyers) AS buyers
FROM {db}.agg_kpi FINAL
WHERE grain = 'day' AND dimension = 'all';

CREATE OR REPLACE VIEW {db}.vw_customer_lifetime_value AS
SELECT
    k.customer_id AS customer_id, a.orders AS orders, a.units AS units, a.gross AS gross_sales, a.discounts AS discounts, a.returns AS returns,
    a.gross - a.discounts - a.returns AS net_sales_so_far, a.first_order AS first_order, a.last_order AS last_order
FROM {db}.agg_customer AS a FINAL
INNER JOIN {db}.dim_customer_keys AS k ON a.customer_key = k.customer_key;

CREATE OR REPLACE VIEW {db}.vw_product_performance AS
SELECT
    s.product_id AS product_id, p.name AS name, p.category AS category, p.subcategory AS subcategory, p.brand AS brand,
    s.gross_sales AS gross_sales, s.discounts AS discounts, s.returns AS returns, s.gross_sales - s.discounts - s.returns AS net_sales,
    s.orders AS orders, s.units AS units
FROM
(
    SELECT member AS product_id, sum(gross) AS gross_sales, sum(discounts) AS discounts, sum(returns) AS returns, sum(orders) AS orders, sum(units) AS units
    FROM {db}.agg_kpi FINAL
    WHERE grain = 'month' AND dimension = 'product' AND member != '\x1forder'
    GROUP BY member
) AS s
LEFT JOIN (SELECT * FROM {db}.dim_products FINAL) AS p ON s.product_id = p.product_id;
