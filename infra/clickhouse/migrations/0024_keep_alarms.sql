-- scope: system
-- Why: alarms outlive the process that raised them, and people take care of them wherever they are asked. Here and not with the shop: one
-- that cannot start has no tables. An alarm is its rows, append-only: that it was opened, which process saw it stand and when last, what
-- people said, that it is over. A row is named by alarm and `entry`: written again it replaces itself, and of what a process sees the newest
-- counts. `database` names the shop as in `model_moves`: a deleted sandbox's name may be used again.
-- Cost: a few rows per alarm, for 400 days. Check: SELECT code, min(at) FROM {db}.alarm_log WHERE what = 'opened' GROUP BY code
CREATE TABLE IF NOT EXISTS {db}.alarm_log
(
    database       String,
    alarm_id       String,
    -- opened | told | over | the id of a command | `stands` and the process that saw it.
    entry          String,
    what           Enum8('opened' = 1, 'stands' = 2, 'gone' = 3, 'told' = 4, 'commanded' = 5, 'over' = 6),
    -- Wall clock.
    at             DateTime64(3, 'UTC'),
    said_by        String,
    -- JSON: what was seen, said or decided.
    body           String
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (database, alarm_id, entry)
TTL toDateTime(at) + INTERVAL 400 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;
