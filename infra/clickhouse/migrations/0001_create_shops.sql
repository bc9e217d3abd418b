-- scope: system
-- Why: the registry of shops; every process reads it to learn which shops exist. Tiny, any cost is nothing.
-- Check: SELECT shop, argMax(time_zone, version) FROM tideline.shops GROUP BY shop
CREATE TABLE IF NOT EXISTS {db}.shops
(
    shop              String,
    time_zone         String,
    currency          String,
    fiscal_year_start UInt8,
    clock_mode        Enum8('wall' = 1, 'source' = 2, 'data' = 3),
    created_at        DateTime64(3, 'UTC'),
    version           UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY shop;
