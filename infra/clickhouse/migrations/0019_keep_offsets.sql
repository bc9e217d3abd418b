-- scope: system
-- Why: a model of predicted value is two graphs, and the second one, which gives the offset that the first one reads, has to lie beside it.
-- Its hash stands in the manifest, so a version is still what file and manifest are.
-- Cost: none on older versions; some 10 KB per version of kind clv. Check: SELECT version, length(offset_file) FROM {db}.models
ALTER TABLE {db}.models ADD COLUMN IF NOT EXISTS offset_file String CODEC(ZSTD(3)) AFTER file;
