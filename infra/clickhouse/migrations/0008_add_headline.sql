-- scope: shop
-- Why: figures move at two levels. The headline follows the ledger within a fraction of a second (agg_headline, its watermark in
-- watermark_live); everything that has dimensions or customers settles at most once a second (agg_kpi and the rest, `watermark`).
-- Facts are folded from the ledger's versions by the refresher itself, so its work tables now hold only what a settling has to
-- look at again.
-- Cost on a big table: one pass over the headline rows of agg_kpi. Check: SELECT count() FROM {db}.agg_headline FINAL

CREATE TABLE IF NOT EXISTS {db}.agg_headline
(
    grain          Enum8('slice' = 1, 'minute' = 2, 'hour' = 3, 'day' = 4, 'month' = 5),
    bucket         DateTime('UTC'),
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
ORDER BY (grain, bucket)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

INSERT INTO {db}.agg_headline
SELECT grain, bucket, gross, discounts, returns, returns_by_order_date, orders, returned_orders, units, buyers, generation, is_deleted
FROM {db}.agg_kpi FINAL WHERE dimension = 'all';

-- How far the facts and the headline are; the newest row counts. In memory: after a crash the live level starts again from the
-- settled one.
CREATE TABLE IF NOT EXISTS {db}.watermark_live
(
    shop           String,
    generation     UInt64,
    clock          Nullable(DateTime64(3, 'UTC')),
    positions      Nested(topic LowCardinality(String), partition UInt16, epoch UInt32, next UInt64),
    ledger_rows    UInt64,
    committed_at   DateTime64(3, 'UTC')
)
ENGINE = Memory SETTINGS min_rows_to_keep = 1, max_rows_to_keep = 16;

-- Buckets to compute anew, where they are too many for literals.
DROP TABLE IF EXISTS {db}.scratch_dirty;
CREATE TABLE IF NOT EXISTS {db}.scratch_dirty
(
    grain          Enum8('slice' = 1, 'minute' = 2, 'hour' = 3, 'day' = 4, 'month' = 5),
    start          DateTime('UTC')
)
ENGINE = Memory;

-- Months of customers to settle.
CREATE TABLE IF NOT EXISTS {db}.scratch_customers (month Date, customer_key UInt32) ENGINE = Memory;
DROP TABLE IF EXISTS {db}.scratch_touched;
DROP TABLE IF EXISTS {db}.scratch_orders;
DROP TABLE IF EXISTS {db}.scratch_returns;
DROP TABLE IF EXISTS {db}.scratch_keys;
DROP TABLE IF EXISTS {db}.scratch_sales;
DROP TABLE IF EXISTS {db}.scratch_refunds;
DROP TABLE IF EXISTS {db}.scratch_timeline;
DROP TABLE IF EXISTS {db}.scratch_kpi;
DROP TABLE IF EXISTS {db}.scratch_customer_month;
