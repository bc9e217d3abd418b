-- scope: shop
-- Why: where the live level stood, at most a second old and on disk: `watermark_live` is in memory and ends with the engine. A start
-- goes on from here, so that what was folded is not folded again; what waited for a settling is gathered from the ledger beside what
-- comes. Only the newest row counts, and only if it is ahead of `watermark`.
-- Cost: one row a second. Check: SELECT max(generation) FROM {db}.live_checkpoints
CREATE TABLE IF NOT EXISTS {db}.live_checkpoints
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
