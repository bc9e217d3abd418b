-- scope: system
-- Why: a replay may be asked to score its customers and to alert about them as it goes. Whoever scores and owns alerts finds that in the
-- registry; such a sandbox has one topic of its own, alerts.v1.
-- Cost: tiny. Check: SELECT shop, argMax(scored, version) FROM {db}.shops GROUP BY shop

ALTER TABLE {db}.shops
    ADD COLUMN IF NOT EXISTS scored UInt8 DEFAULT 0;
