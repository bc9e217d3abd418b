-- scope: shop
-- Why: what a churn model says is compared with what happens, 90 days later. `churn_scores` keeps the newest score of a customer, and the last
-- score before some instant would flatter or blame: it is the last one BECAUSE no order came after it. So at the start of each month of
-- the shop every customer with an order is marked with what the model says of him then, from what was known then, active or not.
--   churn_marks: those probabilities; one row per model, month and customer. Written again (a kill, two processes) a row takes its own place.
--   model_watch: append-only. `mark`: a month is whole, with the distribution of features and scores then (`body`, JSON); a month without
--                it does not count. `drift`: how far both had moved from the training at an instant of the shop's clock.
-- Cost on a big table: creation only. A mark is about 30 bytes on disk: 50,000 customers are 1.5 MB a month and model, and the engine reads
-- features for one second in the background. A row of model_watch is about 10 kB, one a month and one a shop day.
-- Check: SELECT model, reference, count() FROM {db}.churn_marks FINAL GROUP BY model, reference
CREATE TABLE IF NOT EXISTS {db}.churn_marks
(
    model          LowCardinality(String),
    -- Start of a month in the shop's zone.
    reference      DateTime64(3, 'UTC'),
    customer_id    String,
    probability    Float64,
    -- Days from the last order to the reference.
    recency        Float32
)
ENGINE = ReplacingMergeTree
ORDER BY (model, reference, customer_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.model_watch
(
    kind           Enum8('mark' = 1, 'drift' = 2),
    model          LowCardinality(String),
    -- Of a mark the reference, of a drift the instant of the features.
    at             DateTime64(3, 'UTC'),
    -- The shop's clock as it was written.
    clock          DateTime64(3, 'UTC'),
    customers      UInt32,
    body           String CODEC(ZSTD(3))
)
ENGINE = MergeTree
ORDER BY (kind, model, at, clock)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
