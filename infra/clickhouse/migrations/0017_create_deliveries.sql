-- scope: shop
-- Why: the outbox. `delivery_log` is what goes out to webhooks, chat and mail, and what came of it, append-only: a delivery is its rows, the
-- one with the highest `turn` says how it stands. What follows from new rows of the alert log, and up to where that log was read, is ONE
-- insert, hence one part: none is lost, none is put in under another id. A row is named by delivery, turn and instant: written again it
-- replaces itself. Ordered by instant, so that what others wrote since the last look is a short range, and a delivery's text is found by when
-- it was created. `delivery_channels` holds every revision of every channel; secrets are named there, their values are not in the store.
-- Cost on a big table: creation only. Check: SELECT state, count() FROM (SELECT state FROM {db}.delivery_log FINAL WHERE kind = 'delivery'
-- ORDER BY state = 'delivered' DESC, turn DESC, at DESC LIMIT 1 BY id) GROUP BY state
CREATE TABLE IF NOT EXISTS {db}.delivery_log
(
    -- place: before which row of a partition of the alert log all has been put into the outbox (`id` is the partition).
    kind           Enum8('place' = 1, 'delivery' = 2),
    -- Wall clock.
    at             DateTime64(3, 'UTC'),
    id             String,
    turn           UInt32,
    what           LowCardinality(String),
    state          LowCardinality(String),
    channel        LowCardinality(String),
    about          LowCardinality(String),
    subject        String,
    step           LowCardinality(String),
    created_at     DateTime64(3, 'UTC'),
    -- Since when it is being tried: its creation, or the last redrive.
    tried_since    DateTime64(3, 'UTC'),
    attempts       UInt32,
    next_at        DateTime64(3, 'UTC'),
    -- Shop time at which a digest goes out; 1970 where it is none.
    digest_at      DateTime64(3, 'UTC'),
    said_by        String,
    detail         String,
    -- What is sent, as JSON; of the row that created it.
    body           String CODEC(ZSTD(1)),
    log_epoch      UInt32,
    log_offset     UInt64,
    log_step       UInt16
)
ENGINE = ReplacingMergeTree
ORDER BY (kind, at, id, turn)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.delivery_channels
(
    channel        String,
    revision       UInt32,
    body           String,
    said_by        String,
    -- Wall clock: what the alert log has from then on goes by this revision.
    written_at     DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (channel, revision)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
