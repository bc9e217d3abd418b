-- scope: shop
-- Why: what lies in stock, so that a reorder point becomes a quantity. A count of a product at an instant is an entity of its own, on the
-- topic of products: the ledger's columns of a count are empty in all other rows, as those of a campaign's day are.
--   fact_stock_counts: the winner of each count; one that was taken back (counted_units NULL) is a tombstone. What is there now is the newest
--                      count less what was sold since, asked when it is wanted: a sale moves no row here.
-- Cost on a big table: metadata only; rows that were there read as no count.
-- Check: SELECT product_id, counted_at, units FROM {db}.fact_stock_counts FINAL ORDER BY counted_at DESC LIMIT 10
ALTER TABLE {db}.ledger_products
    ADD COLUMN IF NOT EXISTS is_count UInt8,
    ADD COLUMN IF NOT EXISTS counted_at DateTime64(3, 'UTC'),
    ADD COLUMN IF NOT EXISTS counted_units Nullable(UInt32);

CREATE TABLE IF NOT EXISTS {db}.fact_stock_counts
(
    product_id     String,
    counted_at     DateTime64(3, 'UTC'),
    units          UInt32,
    generation     UInt64,
    is_deleted     UInt8
)
ENGINE = ReplacingMergeTree(generation, is_deleted)
ORDER BY (product_id, counted_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
