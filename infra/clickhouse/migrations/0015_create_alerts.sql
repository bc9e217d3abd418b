-- scope: shop
-- Why: alerts. `alert_log` is everything that the owner of a shop's alerts ever decided. What it makes of one batch of a partition of
-- `alerts.v1` is ONE insert, hence one part: steps of alerts, suppressions, refused commands, dead letters, what is remembered of each
-- customer, and last where the partition goes on. So state and offset cannot disagree. A row is named by the message it follows from and
-- its number among that message's rows: written again (an insert whose end nobody learnt, two owners in one moment) it replaces itself.
-- `alert_rules` holds every revision of every rule.
-- Cost on a big table: creation only. Check: SELECT kind, what, count() FROM {db}.alert_log FINAL GROUP BY kind, what
CREATE TABLE IF NOT EXISTS {db}.alert_log
(
    -- place: where the partition goes on (`offset`), and before which offset all has been published (`sent`).
    kind           Enum8('place' = 1, 'customer' = 2, 'alert' = 3, 'suppressed' = 4, 'refused' = 5, 'dead' = 6),
    partition      UInt16,
    epoch          UInt32,
    offset         UInt64,
    step           UInt16,
    at             DateTime64(3, 'UTC'),
    -- Local date of the decision, by which caps count.
    day            Date,
    customer_id    String,
    alert_id       String,
    rule           LowCardinality(String),
    rule_revision  UInt32,
    state          LowCardinality(String),
    -- The step of the alert, or the reason.
    what           LowCardinality(String),
    said_by        String,
    assignee       String,
    detail         String,
    probability    Float64,
    net_value      Decimal(18, 6),
    event_id       String,
    -- The alert's or the customer's whole state as JSON; of a dead letter its beginning.
    body           String CODEC(ZSTD(1)),
    sent           UInt64,
    written_at     DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (kind, partition, epoch, offset, step)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.alert_rules
(
    rule           String,
    revision       UInt32,
    -- Shop time from which decisions follow this revision.
    from_time      DateTime64(3, 'UTC'),
    body           String,
    said_by        String,
    written_at     DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (rule, revision)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
