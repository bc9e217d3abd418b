-- scope: system
-- Why: the registry of shops is written once per shop and read at each start. A machine that loses power right after a shop was made must
-- not come back without it: its topics and its ledger would belong to nobody.
-- Cost: none, metadata only. Check: SELECT engine_full FROM system.tables WHERE database = 'tideline' AND name = 'shops'

ALTER TABLE {db}.shops MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
