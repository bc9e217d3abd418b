-- scope: shop
-- Why: L1. Every row is written by the refresher from ALL ledger versions of an entity; a former place of the entity
-- gets a tombstone (is_deleted = 1) in the same block. Sort keys start with what the next level reads by.
-- No PARTITION BY: one INSERT is one part is one atomic step. Cost on a big table: creation only.
-- Check: SELECT count() FROM {db}.fact_sales FINAL
CREATE TABLE IF NOT EXISTS {db}.fact_sales
(
    slice          DateTime('UTC'),
    order_id       String,
    line           UInt32,
    order_time     DateTime64(3, 'UTC'),
    customer_key   UInt32,
    product_id     String,
    quantity       UInt32,
    unit_price     Decimal(18, 6),
    gross          Decimal(38, 6),
    discount       Decimal(18, 6),
    order_discount Decimal(18, 6),
    shipping       Decimal(18, 6),
    tax            Decimal(18, 6),
    unit_cost      Nullable(Decimal(18, 6)),
    payment_method LowCardinality(String),
    channel        LowCardinality(String),
    country        LowCardinality(String),
    region         LowCardinality(String),
    city           LowCardinality(String),
    campaign_id    String,
    returned       UInt8,
    generation     UInt64,
    is_deleted     UInt8
)
ENGINE = ReplacingMergeTree(generation, is_deleted)
ORDER BY (slice, order_id, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- One row per returned line AND convention: 'refund-date' stands at the refund's slice, 'order-date' at the order's.
-- Attributes come from the order; without a known order they are '' (shown as unknown) and both stand at the refund's slice.
CREATE TABLE IF NOT EXISTS {db}.fact_returns
(
    convention     Enum8('refund-date' = 1, 'order-date' = 2),
    slice          DateTime('UTC'),
    return_id      String,
    line           UInt32,
    refund_time    DateTime64(3, 'UTC'),
    order_id       String,
    order_known    UInt8,
    customer_key   UInt32,
    product_id     String,
    quantity       UInt32,
    amount         Decimal(18, 6),
    reason         String,
    payment_method LowCardinality(String),
    channel        LowCardinality(String),
    country        LowCardinality(String),
    region         LowCardinality(String),
    city           LowCardinality(String),
    campaign_id    String,
    generation     UInt64,
    is_deleted     UInt8
)
ENGINE = ReplacingMergeTree(generation, is_deleted)
ORDER BY (convention, slice, return_id, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Refunds of cancelled orders count nowhere; they stand here as a data-quality row.
CREATE TABLE IF NOT EXISTS {db}.fact_returns_left_out
(
    return_id      String,
    order_id       String,
    amount         Decimal(38, 6),
    reason         LowCardinality(String),
    generation     UInt64,
    is_deleted     UInt8
)
ENGINE = ReplacingMergeTree(generation, is_deleted)
ORDER BY return_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The customer's timeline: the second copy of sales and refunds, by customer. Guests are not in it.
CREATE TABLE IF NOT EXISTS {db}.facts_by_customer
(
    month          Date,
    customer_key   UInt32,
    kind           Enum8('sale' = 1, 'return' = 2),
    document_id    String,
    line           UInt32,
    at             DateTime64(3, 'UTC'),
    product_id     String,
    quantity       UInt32,
    gross          Decimal(38, 6),
    discount       Decimal(38, 6),
    refund         Decimal(38, 6),
    generation     UInt64,
    is_deleted     UInt8
)
ENGINE = ReplacingMergeTree(generation, is_deleted)
ORDER BY (month, customer_key, kind, document_id, line)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.fact_campaign_days
(
    date           Date,
    campaign_id    String,
    spend          Decimal(18, 6),
    impressions    UInt64,
    clicks         UInt64,
    generation     UInt64,
    is_deleted     UInt8
)
ENGINE = ReplacingMergeTree(generation, is_deleted)
ORDER BY (date, campaign_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
