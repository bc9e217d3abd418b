-- scope: shop
-- Why: readers in another process than the refresher's are not kept out while it writes the tables of a step: between two of its statements
-- they could show a part of it. Each step says here which generation it is about to write, where a store is shared, and its watermark says
-- that all of it stands. In between, and after a refresher that died there, readers know that tables may disagree.
-- Cost: none; one small insert per step of a shared store. Check: SELECT level, max(generation) FROM {db}.write_phases GROUP BY level

CREATE TABLE IF NOT EXISTS {db}.write_phases
(
    level          Enum8('live' = 1, 'settled' = 2),
    generation     UInt64
)
ENGINE = ReplacingMergeTree(generation)
ORDER BY level;
