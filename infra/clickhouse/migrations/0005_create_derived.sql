-- scope: shop
-- Why: L2, one row per key, written whole by the refresher. All KPI grains and single dimensions stand in ONE table, so
-- one INSERT moves every KPI at once. A key that emptied gets a tombstone. Averages and rates are computed at read.
-- Days and months are the shop's: a bucket is the UTC instant at which the local day or month starts.
-- Cost on a big table: creation only. Check: SELECT grain, sum(gross) FROM {db}.agg_kpi FINAL WHERE dimension = 'all' GROUP BY grain
CREATE TABLE IF NOT EXISTS {db}.agg_kpi
(
    grain          Enum8('slice' = 1, 'minute' = 2, 'hour' = 3, 'day' = 4, 'month' = 5),
    dimension      LowCardinality(String),
    bucket         DateTime('UTC'),
    member         String,
    gross          Decimal(38, 6),
    discounts      Decimal(38, 6),
    returns        Decimal(38, 6),
    returns_by_order_date Decimal(38, 6),
    orders         UInt64,
    returned_orders UInt64,
    units          UInt64,
    buyers         AggregateFunction(groupBitmap, UInt32),
    generation     UInt64,
    is_deleted     UInt8
)
ENGINE = ReplacingMergeTree(generation, is_deleted)
ORDER BY (grain, dimension, bucket, member)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.agg_customer_month
(
    month          Date,
    customer_key   UInt32,
    orders         UInt64,
    units          UInt64,
    gross          Decimal(38, 6),
    discounts      Decimal(38, 6),
    returns        Decimal(38, 6),
    first_order    Nullable(DateTime64(3, 'UTC')),
    last_order     Nullable(DateTime64(3, 'UTC')),
    generation     UInt64,
    is_deleted     UInt8
)
ENGINE = ReplacingMergeTree(generation, is_deleted)
ORDER BY (customer_key, month)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.agg_customer
(
    customer_key   UInt32,
    orders         UInt64,
    units          UInt64,
    gross          Decimal(38, 6),
    discounts      Decimal(38, 6),
    returns        Decimal(38, 6),
    first_order    Nullable(DateTime64(3, 'UTC')),
    last_order     Nullable(DateTime64(3, 'UTC')),
    generation     UInt64,
    is_deleted     UInt8
)
ENGINE = ReplacingMergeTree(generation, is_deleted)
ORDER BY customer_key
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.agg_campaign_day
(
    date           Date,
    campaign_id    String,
    spend          Decimal(38, 6),
    impressions    UInt64,
    clicks         UInt64,
    orders         UInt64,
    units          UInt64,
    gross          Decimal(38, 6),
    discounts      Decimal(38, 6),
    returns        Decimal(38, 6),
    returns_by_order_date Decimal(38, 6),
    generation     UInt64,
    is_deleted     UInt8
)
ENGINE = ReplacingMergeTree(generation, is_deleted)
ORDER BY (campaign_id, date)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The watermark: written last in a refresh, so what it names is wholly in L1 and L2. Only the newest row counts.
CREATE TABLE IF NOT EXISTS {db}.watermark
(
    shop           String,
    generation     UInt64,
    clock          Nullable(DateTime64(3, 'UTC')),
    positions      Nested(topic LowCardinality(String), partition UInt16, epoch UInt32, next UInt64),
    ledger_rows    UInt64,
    committed_at   DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY shop
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Who may refresh: each claim raises the epoch in the high bits of every generation written after it.
CREATE TABLE IF NOT EXISTS {db}.claims
(
    claim          UInt32,
    claimed_at     DateTime64(3, 'UTC'),
    claimed_by     String
)
ENGINE = MergeTree
ORDER BY claim
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
