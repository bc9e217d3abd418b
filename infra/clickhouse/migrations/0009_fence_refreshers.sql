-- scope: shop
-- Why: the store itself refuses what a refresher writes after another one took the shop over. Each claim puts the constraint
-- `fence` on every table that has generations (ClaimRepository); for that the customers' keys get one too. A claim's own token
-- tells two claims apart that were made at the same moment.
-- Cost on a big table: none, metadata only. Check: SELECT claim, claimed_by FROM {db}.claims ORDER BY claim DESC LIMIT 5

ALTER TABLE {db}.claims ADD COLUMN IF NOT EXISTS token String;

ALTER TABLE {db}.dim_customer_keys ADD COLUMN IF NOT EXISTS generation UInt64;
