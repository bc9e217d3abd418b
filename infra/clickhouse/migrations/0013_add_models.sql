-- scope: system
-- Why: the registry of models. A version is what a file and its manifest are: it is added once and never changes. Which version a shop uses
-- follows from its moves, which are only ever added to: so a rollback knows where it leads, and who decided what stays readable.
-- `database` names the shop as `replays` does: a deleted sandbox's name may be used again, and must not bring its models along.
-- Cost: a megabyte per version, a row per move. Check: SELECT version, length(file), length(manifest) FROM {db}.models
CREATE TABLE IF NOT EXISTS {db}.models
(
    version        String,
    kind           LowCardinality(String),
    -- JSON without blanks, as it was hashed.
    manifest       String CODEC(ZSTD(3)),
    -- The bytes; `sha256` is compared at each read.
    file           String CODEC(ZSTD(3)),
    bytes          UInt64,
    sha256         String,
    card           Nullable(String) CODEC(ZSTD(3)),
    figures        Nested(name String, svg String),
    added_at       DateTime64(3, 'UTC'),
    added_by       String
)
ENGINE = MergeTree
ORDER BY (version, added_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.model_moves
(
    database       String,
    kind           LowCardinality(String),
    -- Grows within a shop and kind, also on a machine whose clock went back; two at the same instant go by `id`.
    at             DateTime64(6, 'UTC'),
    id             UUID DEFAULT generateUUIDv4(),
    move           Enum8('promote' = 1, 'shadow' = 2, 'rollback' = 3, 'withdraw' = 4),
    role           Enum8('none' = 0, 'active' = 1, 'shadow' = 2),
    version        String,
    moved_by       String
)
ENGINE = MergeTree
ORDER BY (database, kind, at, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
