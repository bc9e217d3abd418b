-- scope: system
-- Why: a replay writes into a sandbox, a shop that has no topics and can be deleted. A name may be used again after that: each
-- incarnation has a database of its own, so that nothing kept of a deleted one is taken for the new one.
-- `replays` holds what was planned, once and for all: which rows of the source's ledger (everything before `positions` that was
-- recorded in [from, to)), and where each partition of the sandbox ends. `replay_turns` holds what was said to it later, in order.
-- Cost: tiny. Check: SELECT shop, argMax(replay_of, version) FROM {db}.shops GROUP BY shop

ALTER TABLE {db}.shops
    ADD COLUMN IF NOT EXISTS replay_of String DEFAULT '',
    ADD COLUMN IF NOT EXISTS incarnation UInt32 DEFAULT 1,
    ADD COLUMN IF NOT EXISTS presence Enum8('there' = 0, 'deleted' = 1, 'dropped' = 2) DEFAULT 'there';

CREATE TABLE IF NOT EXISTS {db}.replays
(
    database       String,
    source         String,
    source_database String,
    from_time      Nullable(DateTime64(3, 'UTC')),
    to_time        Nullable(DateTime64(3, 'UTC')),
    starts_at      Nullable(DateTime64(3, 'UTC')),
    ends_at        Nullable(DateTime64(3, 'UTC')),
    positions      Nested(topic LowCardinality(String), partition UInt16, epoch UInt32, next UInt64),
    ends           Nested(topic LowCardinality(String), partition UInt16, messages UInt64),
    asked_by       String,
    asked_at       DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (database, asked_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.replay_turns
(
    database       String,
    at             DateTime64(6, 'UTC'),
    turn           Enum8('speed' = 1, 'paused' = 2, 'resumed' = 3, 'broken' = 4),
    -- Shop seconds per real second; 0 is as fast as it goes.
    speed          Float64,
    detail         String,
    said_by        String
)
ENGINE = MergeTree
ORDER BY (database, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
