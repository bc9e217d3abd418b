-- scope: shop
-- Why: what the scorer decided. One batch of decisions is ONE insert, hence one part: the newest score of each customer, each change of a
-- band, and how far the scorer has come, all or none of them. So what was decided and where to go on never disagree, and a change of a
-- band that was not sent yet is found here after a kill, with everything its event says.
--   checkpoint: how far the scorer has come (`state`, JSON); one row per role.
--   sent:       batches up to `sequence` have reached the topic; one row per role.
--   score:      the newest decision on a customer; one row per role and customer.
--   move:       a band changed or was first known: a log, one row per role, customer, instant and band.
-- The role is part of the key: a shadow model's scores never stand in the place of those that count. `sequence` grows with every batch, and
-- lies above those of all former scorers of the shop.
-- Cost on a big table: creation only. A score is about 100 bytes, a move 150.
-- Check: SELECT role, kind, count() FROM {db}.churn_scores FINAL GROUP BY role, kind
CREATE TABLE IF NOT EXISTS {db}.churn_scores
(
    role           Enum8('active' = 1, 'shadow' = 2),
    kind           Enum8('checkpoint' = 1, 'sent' = 2, 'score' = 3, 'move' = 4),
    customer_id    String,
    -- Of a move; of all others they are empty, so that the newest row stays.
    moved_at       DateTime64(3, 'UTC'),
    moved_to       Enum8('none' = 0, 'low' = 1, 'medium' = 2, 'high' = 3),
    sequence       UInt64,
    -- Place of a decision in its batch: the order in which they were made.
    ordinal        UInt32,
    model          LowCardinality(String),
    decided_at     DateTime64(3, 'UTC'),
    cause          Enum8('event' = 1, 'silence' = 2, 'model' = 3, 'first' = 4),
    probability    Float64,
    -- none: the customer has no order any more, or cannot be scored.
    band           Enum8('none' = 0, 'low' = 1, 'medium' = 2, 'high' = 3),
    previous_band  Enum8('none' = 0, 'low' = 1, 'medium' = 2, 'high' = 3),
    orders         UInt32,
    stake          Decimal(38, 6),
    reasons        Array(String),
    next_crossing  Nullable(DateTime64(3, 'UTC')),
    muted          UInt8,
    state          String
)
ENGINE = ReplacingMergeTree(sequence)
ORDER BY (role, kind, customer_id, moved_at, moved_to)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
