-- scope: shop
-- Why: the refresher's own work tables. Each step empties them, fills them from the ledger up to its watermark and copies
-- the result out, so nothing in them survives a step and a crash loses nothing. Only the one refresher touches them.
-- Cost on a big table: none. Check: SELECT name, total_rows FROM system.tables WHERE database = {db_literal} AND name LIKE 'scratch_%'

-- Orders to recompute: every order that got a version, and every order that any version of a touched return names.
CREATE TABLE IF NOT EXISTS {db}.scratch_touched (entity_id String) ENGINE = Memory;

-- All versions up to the watermark of the touched orders; the winner is marked.
CREATE TABLE IF NOT EXISTS {db}.scratch_orders
(
    order_id       String,
    versions       UInt32,
    winner         UInt8,
    live           UInt8,
    order_time     DateTime64(3, 'UTC'),
    slice          DateTime('UTC'),
    month          Date,
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
    lines          Nested(line UInt32, product_id String, quantity UInt32, unit_price Decimal(18, 6), discount Decimal(18, 6), unit_cost Nullable(Decimal(18, 6)))
)
ENGINE = Memory;

-- All versions of the returns to recompute; `live` = it is the winner, refunded, and its order is not cancelled.
CREATE TABLE IF NOT EXISTS {db}.scratch_returns
(
    return_id      String,
    winner         UInt8,
    live           UInt8,
    left_out       UInt8,
    order_id       String,
    order_known    UInt8,
    customer_id    String,
    refunded       UInt8,
    refund_time    DateTime64(3, 'UTC'),
    slice          DateTime('UTC'),
    month          Date,
    lines          Nested(line UInt32, order_line UInt32, product_id String, quantity UInt32, amount Decimal(18, 6), reason String)
)
ENGINE = Memory;

-- Customers of the step with their dense keys.
CREATE TABLE IF NOT EXISTS {db}.scratch_keys (customer_id String, customer_key UInt32) ENGINE = Memory;

CREATE TABLE IF NOT EXISTS {db}.scratch_sales AS {db}.fact_sales ENGINE = Memory;
CREATE TABLE IF NOT EXISTS {db}.scratch_refunds AS {db}.fact_returns ENGINE = Memory;
CREATE TABLE IF NOT EXISTS {db}.scratch_timeline AS {db}.facts_by_customer ENGINE = Memory;
CREATE TABLE IF NOT EXISTS {db}.scratch_dirty (slice DateTime('UTC')) ENGINE = Memory;
CREATE TABLE IF NOT EXISTS {db}.scratch_kpi AS {db}.agg_kpi ENGINE = Memory;
CREATE TABLE IF NOT EXISTS {db}.scratch_customer_month AS {db}.agg_customer_month ENGINE = Memory;
CREATE TABLE IF NOT EXISTS {db}.scratch_campaign_days (date Date, campaign_id String) ENGINE = Memory;
