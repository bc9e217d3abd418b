-- scope: shop
-- Why: the outbox grew without end. A delivery is forgotten 400 days after it was put in, all of its rows at once, whatever state it is in: were
-- its last rows dropped before its first, what was delivered would wait again. Places stay; from now on each partition has one row, which
-- replaces itself (`at` is 1970).
-- Cost on a big table: rows that are too old go with merges; nothing is written anew at once.
-- Check: SELECT min(created_at) FROM {db}.delivery_log WHERE kind = 'delivery'
ALTER TABLE {db}.delivery_log MODIFY TTL toDateTime(created_at) + INTERVAL 400 DAY DELETE WHERE kind = 'delivery'
SETTINGS materialize_ttl_after_modify = 0;
