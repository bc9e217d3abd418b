-- scope: shop
-- Why: dimensions by the same rule as facts. An entity that a fact names before its own event arrived is a placeholder row.
-- dim_customer_keys gives each customer a dense number for bitmaps; it is appended before L1 and never leaves the warehouse.
-- Cost on a big table: creation only. Check: SELECT countIf(placeholder) FROM {db}.dim_products FINAL
CREATE TABLE IF NOT EXISTS {db}.dim_customer_keys
(
    customer_id    String,
    customer_key   UInt32
)
ENGINE = MergeTree
ORDER BY customer_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.dim_customers
(
    customer_id    String,
    customer_key   UInt32,
    registered_at  Nullable(DateTime64(3, 'UTC')),
    name           String,
    email          String,
    country        LowCardinality(String),
    region         LowCardinality(String),
    city           LowCardinality(String),
    acquisition_channel LowCardinality(String),
    consent        Nullable(Bool),
    placeholder    UInt8,
    generation     UInt64
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY customer_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.dim_products
(
    product_id     String,
    sku            String,
    name           String,
    category       LowCardinality(String),
    subcategory    LowCardinality(String),
    brand          LowCardinality(String),
    cost           Nullable(Decimal(18, 6)),
    price          Nullable(Decimal(18, 6)),
    placeholder    UInt8,
    generation     UInt64
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY product_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.dim_campaigns
(
    campaign_id    String,
    status         LowCardinality(String),
    name           String,
    kind           LowCardinality(String),
    channel        LowCardinality(String),
    budget         Nullable(Decimal(18, 6)),
    starts_at      Nullable(DateTime64(3, 'UTC')),
    ends_at        Nullable(DateTime64(3, 'UTC')),
    target_segment LowCardinality(String),
    placeholder    UInt8,
    generation     UInt64
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY campaign_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.dim_geography
(
    country        String,
    region         String,
    city           String,
    generation     UInt64
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY (country, region, city)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Every calendar date with its ISO week and the shop's fiscal periods. Also answers as dim_time.
CREATE TABLE IF NOT EXISTS {db}.dim_date
(
    date           Date,
    year           UInt16,
    quarter        UInt8,
    month          UInt8,
    day            UInt8,
    weekday        UInt8,
    iso_year       UInt16,
    iso_week       UInt8,
    fiscal_year    UInt16,
    fiscal_quarter UInt8
)
ENGINE = MergeTree
ORDER BY date;

TRUNCATE TABLE {db}.dim_date;

INSERT INTO {db}.dim_date
SELECT
    toDate('1970-01-01') + number AS date,
    toYear(date), toQuarter(date), toMonth(date), toDayOfMonth(date), toDayOfWeek(date), toISOYear(date), toISOWeek(date),
    -- A fiscal year is named after the calendar year in which it ends.
    if({fiscal_year_start} = 1, toYear(date), toYear(addMonths(date, 13 - {fiscal_year_start}))),
    intDiv(modulo(toMonth(date) - {fiscal_year_start} + 12, 12), 3) + 1
FROM numbers(47482);

CREATE OR REPLACE VIEW {db}.dim_time AS SELECT * FROM {db}.dim_date;
