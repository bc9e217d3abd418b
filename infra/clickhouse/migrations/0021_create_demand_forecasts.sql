-- scope: shop
-- Why: what a shop will sell. A forecast is of one origin (the first day that was not known) and is published whole, in ONE insert, hence
-- one part: all series of it or none. Published again for the same origin it is a second one, and the newer counts: so a series that is in
-- the older alone does not linger.
--   mean:      expected units from the origin to the end of day 1, 2, ... 30.
--   quantiles: the same days, each with one number per element of `probabilities`.
--   measures:  JSON, how good such forecasts of this very series were at past origins.
-- Retention: the newest 35 forecasts, older ones are deleted as another one is published (`DemandRepository.publish`). A clock of wall time
-- cannot do it (TTL): a shop's days may lie years back.
-- Cost on a big table: creation only. A series is about 1.5 kB on disk: 1,000 products are 1.5 MB a day, 50 MB kept.
-- Check: SELECT origin, level, count() FROM {db}.demand_forecasts GROUP BY origin, level
CREATE TABLE IF NOT EXISTS {db}.demand_forecasts
(
    origin         Date,
    published_at   DateTime64(6, 'UTC'),
    level          Enum8('category' = 1, 'product' = 2),
    key            String,
    class          LowCardinality(String),
    method         LowCardinality(String),
    probabilities  Array(Float64),
    mean           Array(Float64),
    quantiles      Array(Array(Float64)),
    measures       String CODEC(ZSTD(3)),
    published_by   LowCardinality(String)
)
ENGINE = MergeTree
ORDER BY (origin, published_at, level, key)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
