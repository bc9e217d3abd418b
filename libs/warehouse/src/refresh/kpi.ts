import { sql, type Sql } from '#clickhouse';
import type { NamedStatement, StepSql } from './step.js';

/** Separates the parts of a region's or city's member: two towns of one name in two countries are two members. */
const separator = '\u001f';
/** Member of dimension `product` that carries discounts on orders as a whole. */
const orderLevel = '\u001forder';

/**
 * `agg_kpi` by levels. The headline ('all') goes slice <- L1, minute <- slices, hour <- minutes; dimensions start at the hour,
 * products at the day, straight from L1; days and months of everything come from hours and days. A level is recomputed for the buckets that hold
 * a dirty slice: its clean parts are read from the table, its dirty parts from this step's own rows. All levels are gathered
 * in a work table and go out in ONE insert, so a reader sees every level move at once.
 */
export function writeKpis(s: StepSql): NamedStatement[] {
  const kpi = s.table('agg_kpi');
  const scratch = s.table('scratch_kpi');
  const dirty = s.table('scratch_dirty');
  const zone = s.zone;
  const hour = (at: Sql): Sql => sql`toTimeZone(toStartOfHour(${at}, ${zone}), 'UTC')`;
  const day = (at: Sql): Sql => sql`toTimeZone(toStartOfDay(${at}, ${zone}), 'UTC')`;
  const dirtySlices = sql`(SELECT slice FROM ${dirty})`;
  const dirtyHours = sql`(SELECT DISTINCT toStartOfHour(slice, ${zone}) FROM ${dirty})`;
  const dirtyDays = sql`(SELECT DISTINCT toStartOfDay(slice, ${zone}) FROM ${dirty})`;
  const emptyBitmap = sql`groupBitmapStateIf(toUInt32(0), 0)`;
  const sums = sql`sum(gross), sum(discounts), sum(returns), sum(returns_by_order_date), sum(orders), sum(returned_orders), sum(units), groupBitmapMergeState(buyers), ${s.generation}, 0`;

  const rollUp = (name: string, from: string, to: string, bucketOf: (at: Sql) => Sql, only: Sql): NamedStatement => ({
    name,
    statement: sql`INSERT INTO ${scratch}
SELECT ${to}, dimension, toTimeZone(toDateTime(${bucketOf(sql`bucket`)}, ${zone}), 'UTC') AS b, member, ${sums}
FROM
(
    SELECT * FROM ${kpi} FINAL
    WHERE grain = ${from} AND ${only}
        AND ${bucketOf(sql`bucket`)} IN (SELECT DISTINCT ${bucketOf(sql`slice`)} FROM ${dirty})
        AND bucket NOT IN (SELECT DISTINCT ${grainStart(from, zone)} FROM ${dirty})
    UNION ALL
    SELECT * FROM ${scratch} WHERE grain = ${from} AND ${only}
)
GROUP BY dimension, b, member`,
  });

  return [
    {
      name: 'dirty_slices',
      statement: sql`INSERT INTO ${dirty} SELECT slice FROM ${s.table('scratch_sales')} UNION DISTINCT SELECT slice FROM ${s.table('scratch_refunds')}`,
    },
    {
      name: 'kpi_slices',
      statement: sql`INSERT INTO ${scratch}
SELECT 'slice', 'all', slice, '', ${sums}
FROM
(
    SELECT
        slice, sum(f.gross) AS gross, sum(toDecimal128(discount, 6) + order_discount) AS discounts, toDecimal128(0, 6) AS returns,
        toDecimal128(0, 6) AS returns_by_order_date, uniqExact(order_id) AS orders, uniqExactIf(order_id, returned) AS returned_orders,
        sum(quantity) AS units, groupBitmapStateIf(customer_key, customer_key != 0) AS buyers
    FROM ${s.table('fact_sales')} AS f FINAL WHERE slice IN ${dirtySlices} GROUP BY slice
    UNION ALL
    SELECT slice, 0, 0, sumIf(amount, convention = 'refund-date'), sumIf(amount, convention = 'order-date'), 0, 0, 0, ${emptyBitmap}
    FROM ${s.table('fact_returns')} FINAL WHERE convention IN ('refund-date', 'order-date') AND slice IN ${dirtySlices} GROUP BY slice
)
GROUP BY slice`,
    },
    rollUp('kpi_minutes', 'slice', 'minute', (at) => sql`toStartOfMinute(${at})`, sql`dimension = 'all'`),
    rollUp('kpi_hours', 'minute', 'hour', (at) => sql`toStartOfHour(${at}, ${zone})`, sql`dimension = 'all'`),
    {
      name: 'kpi_hours_by_order_attributes',
      // Folded to one row per order first: an order counts once in each of its members.
      statement: sql`INSERT INTO ${scratch}
SELECT 'hour', dimension, bucket, member, ${sums}
FROM
(
    SELECT
        bucket, d.1 AS dimension, d.2 AS member, sum(g) AS gross, sum(disc) AS discounts, toDecimal128(0, 6) AS returns,
        toDecimal128(0, 6) AS returns_by_order_date, count() AS orders, sum(ret) AS returned_orders, sum(q) AS units,
        groupBitmapStateIf(key, key != 0) AS buyers
    FROM
    (
        SELECT
            ${hour(sql`slice`)} AS bucket, sum(gross) AS g, sum(toDecimal128(discount, 6) + order_discount) AS disc, max(returned) AS ret,
            sum(quantity) AS q, any(customer_key) AS key, ${attributeMembers(true)} AS members
        FROM ${s.table('fact_sales')} FINAL WHERE toStartOfHour(slice, ${zone}) IN ${dirtyHours}
        GROUP BY slice, order_id
    )
    ARRAY JOIN members AS d
    GROUP BY bucket, dimension, member
    UNION ALL
    SELECT
        ${hour(sql`slice`)} AS bucket, d.1, d.2, toDecimal128(0, 6), toDecimal128(0, 6), sumIf(amount, convention = 'refund-date'),
        sumIf(amount, convention = 'order-date'), 0, 0, 0, ${emptyBitmap}
    FROM ${s.table('fact_returns')} FINAL
    ARRAY JOIN ${attributeMembers(false)} AS d
    WHERE convention IN ('refund-date', 'order-date') AND toStartOfHour(slice, ${zone}) IN ${dirtyHours}
    GROUP BY bucket, d.1, d.2
)
GROUP BY dimension, bucket, member`,
    },
    {
      name: 'kpi_days_by_product',
      // Few hours hold a product twice: kept by the hour these rows would outnumber the order lines.
      statement: sql`INSERT INTO ${scratch}
SELECT 'day', 'product', bucket, member, ${sums}
FROM
(
    SELECT
        ${day(sql`slice`)} AS bucket, product_id AS member, sum(f.gross) AS gross, sum(toDecimal128(discount, 6)) AS discounts,
        toDecimal128(0, 6) AS returns, toDecimal128(0, 6) AS returns_by_order_date, uniqExact(order_id) AS orders,
        uniqExactIf(order_id, returned) AS returned_orders, sum(quantity) AS units, groupBitmapStateIf(customer_key, customer_key != 0) AS buyers
    FROM ${s.table('fact_sales')} AS f FINAL WHERE toStartOfDay(slice, ${zone}) IN ${dirtyDays}
    GROUP BY bucket, member
    UNION ALL
    SELECT ${day(sql`slice`)} AS bucket, ${orderLevel}, toDecimal128(0, 6), sum(toDecimal128(order_discount, 6)), toDecimal128(0, 6), toDecimal128(0, 6), 0, 0, 0, ${emptyBitmap}
    FROM ${s.table('fact_sales')} FINAL WHERE toStartOfDay(slice, ${zone}) IN ${dirtyDays} AND order_discount != 0
    GROUP BY bucket
    UNION ALL
    SELECT
        ${day(sql`slice`)} AS bucket, product_id, toDecimal128(0, 6), toDecimal128(0, 6), sumIf(amount, convention = 'refund-date'),
        sumIf(amount, convention = 'order-date'), 0, 0, 0, ${emptyBitmap}
    FROM ${s.table('fact_returns')} FINAL
    WHERE convention IN ('refund-date', 'order-date') AND toStartOfDay(slice, ${zone}) IN ${dirtyDays}
    GROUP BY bucket, product_id
)
GROUP BY bucket, member`,
    },
    rollUp('kpi_days', 'hour', 'day', (at) => sql`toStartOfDay(${at}, ${zone})`, everyDimension),
    rollUp('kpi_months', 'day', 'month', (at) => sql`toStartOfMonth(${at}, ${zone})`, everyDimension),
    {
      name: 'kpi_emptied',
      // Keys of dirty buckets that no row of this step fills any more.
      statement: sql`INSERT INTO ${scratch}
SELECT grain, dimension, bucket, member, 0, 0, 0, 0, 0, 0, 0, ${emptyBitmap}, ${s.generation}, 1
FROM ${kpi} FINAL
WHERE (${['slice', 'minute', 'hour', 'day', 'month']
        .map((grain) => sql`(grain = ${grain} AND bucket IN (SELECT DISTINCT ${grainStart(grain, zone)} FROM ${dirty}))`)
        .reduce((a, b) => sql`${a} OR ${b}`)})
    AND (grain, dimension, bucket, member) NOT IN (SELECT grain, dimension, bucket, member FROM ${scratch})
GROUP BY grain, dimension, bucket, member`,
    },
    { name: 'agg_kpi', statement: sql`INSERT INTO ${kpi} SELECT * FROM ${scratch}` },
  ];
}

const everyDimension = sql`dimension IN ('all', 'product', 'country', 'region', 'city', 'payment', 'channel', 'campaign')`;

/** The bucket of a grain that holds a dirty slice, as stored. */
function grainStart(grain: string, zone: Sql): Sql {
  switch (grain) {
    case 'slice':
      return sql`slice`;
    case 'minute':
      return sql`toStartOfMinute(slice)`;
    case 'hour':
      return sql`toTimeZone(toStartOfHour(slice, ${zone}), 'UTC')`;
    case 'day':
      return sql`toTimeZone(toStartOfDay(slice, ${zone}), 'UTC')`;
    default:
      return sql`toTimeZone(toDateTime(toStartOfMonth(slice, ${zone}), ${zone}), 'UTC')`;
  }
}

/** The order's members as `[(dimension, member), ...]`; within an order's group every row has the same ones. */
function attributeMembers(grouped: boolean): Sql {
  const column = (name: 'country' | 'region' | 'city' | 'payment_method' | 'channel' | 'campaign_id'): Sql => {
    const plain = {
      country: sql`country`,
      region: sql`region`,
      city: sql`city`,
      payment_method: sql`payment_method`,
      channel: sql`channel`,
      campaign_id: sql`campaign_id`,
    }[name];
    return grouped ? sql`toString(any(${plain}))` : sql`toString(${plain})`;
  };
  return sql`[
            ('country', ${column('country')}),
            ('region', concat(${column('country')}, ${separator}, ${column('region')})),
            ('city', concat(${column('country')}, ${separator}, ${column('region')}, ${separator}, ${column('city')})),
            ('payment', ${column('payment_method')}),
            ('channel', ${column('channel')}),
            ('campaign', ${column('campaign_id')})]`;
}
