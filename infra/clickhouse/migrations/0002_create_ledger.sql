-- scope: shop
-- Why: L0, the ledger, one append-only table per domain topic: the envelope's columns are the same in each, the typed
-- columns are the topic's own. One INSERT per Kafka partition batch = one block = one part, so a batch is there or is not.
-- A message that cannot be used is a row with verdict 'rejected' and its reason (the dead letter); offsets that the
-- broker no longer had are one row with verdict 'gap' standing for `missing` offsets from `offset` on.
-- The projections find all versions of an entity; an order and its returns share an entity id.
-- Cost on a big table: none, creation only. Check: SELECT count() FROM {db}.ledger

CREATE TABLE IF NOT EXISTS {db}.ledger_transactions
(
    partition      UInt16,
    epoch          UInt32,
    offset         UInt64,
    topic          LowCardinality(String),
    missing        UInt64,
    verdict        Enum8('accepted' = 1, 'rejected' = 2, 'gap' = 3),
    reason         LowCardinality(String),
    detail         String,
    type           LowCardinality(String),
    event_id       String,
    entity_id      String,
    revision       UInt64,
    hash           String,
    event_time     DateTime64(3, 'UTC'),
    recorded_time  DateTime64(3, 'UTC'),
    produced_at    DateTime64(3, 'UTC'),
    ingested_at    DateTime64(3, 'UTC'),
    payload        String CODEC(ZSTD(1)),
    order_id       String,
    order_time     DateTime64(3, 'UTC'),
    cancelled      UInt8,
    customer_id    String,
    payment_method LowCardinality(String),
    channel        LowCardinality(String),
    country        LowCardinality(String),
    region         LowCardinality(String),
    city           LowCardinality(String),
    campaign_id    String,
    order_discount Decimal(18, 6),
    shipping       Decimal(18, 6),
    tax            Decimal(18, 6),
    lines          Nested(line UInt32, product_id String, quantity UInt32, unit_price Decimal(18, 6), discount Decimal(18, 6), unit_cost Nullable(Decimal(18, 6))),
    PROJECTION by_entity (SELECT entity_id, revision, hash, verdict, partition, epoch, offset, order_id, order_time, cancelled, customer_id, lines.line ORDER BY entity_id)
)
ENGINE = MergeTree
ORDER BY (partition, epoch, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.ledger_returns
(
    partition      UInt16,
    epoch          UInt32,
    offset         UInt64,
    topic          LowCardinality(String),
    missing        UInt64,
    verdict        Enum8('accepted' = 1, 'rejected' = 2, 'gap' = 3),
    reason         LowCardinality(String),
    detail         String,
    type           LowCardinality(String),
    event_id       String,
    entity_id      String,
    revision       UInt64,
    hash           String,
    event_time     DateTime64(3, 'UTC'),
    recorded_time  DateTime64(3, 'UTC'),
    produced_at    DateTime64(3, 'UTC'),
    ingested_at    DateTime64(3, 'UTC'),
    payload        String CODEC(ZSTD(1)),
    return_id      String,
    order_id       String,
    customer_id    String,
    refunded       UInt8,
    refund_time    DateTime64(3, 'UTC'),
    lines          Nested(line UInt32, order_line UInt32, product_id String, quantity UInt32, amount Decimal(18, 6), reason String),
    PROJECTION by_entity (SELECT entity_id, return_id, verdict, partition, epoch, offset ORDER BY entity_id),
    PROJECTION by_return (SELECT return_id, entity_id, revision, hash, verdict, partition, epoch, offset ORDER BY return_id)
)
ENGINE = MergeTree
ORDER BY (partition, epoch, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.ledger_customers
(
    partition      UInt16,
    epoch          UInt32,
    offset         UInt64,
    topic          LowCardinality(String),
    missing        UInt64,
    verdict        Enum8('accepted' = 1, 'rejected' = 2, 'gap' = 3),
    reason         LowCardinality(String),
    detail         String,
    type           LowCardinality(String),
    event_id       String,
    entity_id      String,
    revision       UInt64,
    hash           String,
    event_time     DateTime64(3, 'UTC'),
    recorded_time  DateTime64(3, 'UTC'),
    produced_at    DateTime64(3, 'UTC'),
    ingested_at    DateTime64(3, 'UTC'),
    payload        String CODEC(ZSTD(1)),
    customer_id    String,
    registered_at  Nullable(DateTime64(3, 'UTC')),
    name           String,
    email          String,
    country        LowCardinality(String),
    region         LowCardinality(String),
    city           LowCardinality(String),
    acquisition_channel LowCardinality(String),
    consent        Nullable(Bool),
    PROJECTION by_entity (SELECT entity_id, revision, hash, verdict, partition, epoch, offset ORDER BY entity_id)
)
ENGINE = MergeTree
ORDER BY (partition, epoch, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.ledger_products
(
    partition      UInt16,
    epoch          UInt32,
    offset         UInt64,
    topic          LowCardinality(String),
    missing        UInt64,
    verdict        Enum8('accepted' = 1, 'rejected' = 2, 'gap' = 3),
    reason         LowCardinality(String),
    detail         String,
    type           LowCardinality(String),
    event_id       String,
    entity_id      String,
    revision       UInt64,
    hash           String,
    event_time     DateTime64(3, 'UTC'),
    recorded_time  DateTime64(3, 'UTC'),
    produced_at    DateTime64(3, 'UTC'),
    ingested_at    DateTime64(3, 'UTC'),
    payload        String CODEC(ZSTD(1)),
    product_id     String,
    sku            String,
    name           String,
    category       LowCardinality(String),
    subcategory    LowCardinality(String),
    brand          LowCardinality(String),
    cost           Nullable(Decimal(18, 6)),
    price          Nullable(Decimal(18, 6)),
    PROJECTION by_entity (SELECT entity_id, revision, hash, verdict, partition, epoch, offset ORDER BY entity_id)
)
ENGINE = MergeTree
ORDER BY (partition, epoch, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.ledger_campaigns
(
    partition      UInt16,
    epoch          UInt32,
    offset         UInt64,
    topic          LowCardinality(String),
    missing        UInt64,
    verdict        Enum8('accepted' = 1, 'rejected' = 2, 'gap' = 3),
    reason         LowCardinality(String),
    detail         String,
    type           LowCardinality(String),
    event_id       String,
    entity_id      String,
    revision       UInt64,
    hash           String,
    event_time     DateTime64(3, 'UTC'),
    recorded_time  DateTime64(3, 'UTC'),
    produced_at    DateTime64(3, 'UTC'),
    ingested_at    DateTime64(3, 'UTC'),
    payload        String CODEC(ZSTD(1)),
    campaign_id    String,
    is_day         UInt8,
    status         LowCardinality(String),
    name           String,
    kind           LowCardinality(String),
    channel        LowCardinality(String),
    budget         Nullable(Decimal(18, 6)),
    starts_at      Nullable(DateTime64(3, 'UTC')),
    ends_at        Nullable(DateTime64(3, 'UTC')),
    target_segment LowCardinality(String),
    date           Date,
    spend          Decimal(18, 6),
    impressions    UInt64,
    clicks         UInt64,
    PROJECTION by_entity (SELECT entity_id, revision, hash, verdict, partition, epoch, offset ORDER BY entity_id)
)
ENGINE = MergeTree
ORDER BY (partition, epoch, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS {db}.ledger_clock
(
    partition      UInt16,
    epoch          UInt32,
    offset         UInt64,
    topic          LowCardinality(String),
    missing        UInt64,
    verdict        Enum8('accepted' = 1, 'rejected' = 2, 'gap' = 3),
    reason         LowCardinality(String),
    detail         String,
    type           LowCardinality(String),
    event_id       String,
    entity_id      String,
    revision       UInt64,
    hash           String,
    event_time     DateTime64(3, 'UTC'),
    recorded_time  DateTime64(3, 'UTC'),
    produced_at    DateTime64(3, 'UTC'),
    ingested_at    DateTime64(3, 'UTC'),
    payload        String CODEC(ZSTD(1)),
    now            DateTime64(3, 'UTC'),
    speed          Float64,
    offsets        Map(String, UInt64)
)
ENGINE = MergeTree
ORDER BY (partition, epoch, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

-- All ledgers as one, over the envelope's columns: dead letters, recent events, audit and replay read this.
CREATE TABLE IF NOT EXISTS {db}.ledger
(
    partition      UInt16,
    epoch          UInt32,
    offset         UInt64,
    topic          LowCardinality(String),
    missing        UInt64,
    verdict        Enum8('accepted' = 1, 'rejected' = 2, 'gap' = 3),
    reason         LowCardinality(String),
    detail         String,
    type           LowCardinality(String),
    event_id       String,
    entity_id      String,
    revision       UInt64,
    hash           String,
    event_time     DateTime64(3, 'UTC'),
    recorded_time  DateTime64(3, 'UTC'),
    produced_at    DateTime64(3, 'UTC'),
    ingested_at    DateTime64(3, 'UTC'),
    payload        String
)
ENGINE = Merge({db_literal}, '^ledger_');
