import { sql, type Sql } from '#clickhouse';
import { bucketOf, type DirtySql, type Grain } from './dirty.js';
import { derivedRows, emptyBitmap, foldLevels, levelsOf } from './headline.js';
import type { NamedStatement, StepSql } from './step.js';

/** Separates the parts of a region's or city's member: two towns of one name in two countries are two members. */
const separator = '\u001f';
/** Member of dimension `product` that carries discounts on orders as a whole. */
export const orderLevel = '\u001forder';

/** Dirty slices that one statement computes: a history of years at once would take a gigabyte. */
const mostSlices = 5_000;

/**
 * `agg_kpi`: one statement, or several, each of whole months, where much is dirty.
 * @param since where all that came since a settling are orders that nobody had heard of: that settling's generation. Only they are read then
 */
export function writeKpis(s: StepSql, dirty: DirtySql, since?: bigint): NamedStatement[] {
  return dirty.portions(mostSlices).map((portion) => (since === undefined ? writePortion(s, portion) : addPortion(s, portion, since)));
}

/** Columns that `foldLevels` sums, of the headline. */
const headlineRows = (s: StepSql, dirty: DirtySql): Sql => sql`SELECT
        'all' AS dimension, '' AS member, bucket AS at, toUInt8(grain) AS first, 1 AS levels, 1 AS counts, gross, discounts, returns,
        returns_by_order_date, orders, returned_orders, units, buyers
    FROM ${s.table('agg_headline')} FINAL WHERE ${dirty.standing()}`;

/**
 * What stands for a member and what the new orders add to it, where computing a day anew grows with all of its orders. Right only while what
 * stands is exact for the settling before: see `RefreshRepository`. A member that they do not name stays as it is.
 */
function addPortion(s: StepSql, dirty: DirtySql, since: bigint): NamedStatement {
  const kpi = s.table('agg_kpi');
  const fresh = sql`${dirty.has('slice', sql`slice`)} AND generation > ${since}`;
  const rows = sql`    ${headlineRows(s, dirty)}
    UNION ALL
    ${attributeRows(s, fresh)}
    UNION ALL
    ${productRows(s, fresh)}
    UNION ALL
    SELECT toString(dimension), member, bucket, toUInt8(grain), 1, 0, gross, discounts, returns, returns_by_order_date, orders, returned_orders, units, buyers
    FROM ${kpi} FINAL WHERE dimension != 'all' AND (${dirty.standing()})`;
  return {
    name: 'agg_kpi_added',
    statement: sql`INSERT INTO ${kpi}
SELECT level.1 AS g, dimension, level.2 AS b, member, sum(gross), sum(discounts), sum(returns), sum(returns_by_order_date), sum(orders),
    sum(returned_orders), sum(units), groupBitmapMergeState(buyers), ${s.generation}, 0
FROM
(
${rows}
)
ARRAY JOIN ${levelsOf(s)} AS level
GROUP BY g, dimension, b, member
HAVING max(counts)`,
  };
}

/** Folded to one row per order first: an order counts once in each of its members. */
const attributeRows = (s: StepSql, where: Sql): Sql => sql`SELECT
        d.1 AS dim, d.2 AS mem, bucket, 3, 3, 1, sum(g), sum(disc), 0, 0, count(), sum(ret), sum(q), groupBitmapStateIf(key, key != 0)
    FROM
    (
        SELECT
            ${bucketOf('hour', sql`slice`, s.zone)} AS bucket, sum(gross) AS g, sum(toDecimal128(discount, 6) + order_discount) AS disc, max(returned) AS ret,
            sum(quantity) AS q, any(customer_key) AS key, ${attributeMembers(true)} AS members
        FROM ${s.table('fact_sales')} AS f FINAL WHERE ${where}
        GROUP BY slice, order_id
    )
    ARRAY JOIN members AS d
    GROUP BY bucket, dim, mem`;

/**
 * Few hours hold a product twice: kept by the hour these rows would outnumber the order lines. Discounts on whole orders are a member of
 * their own.
 */
const productRows = (s: StepSql, where: Sql): Sql => sql`SELECT
        'product', mem, ${bucketOf('day', sql`slice`, s.zone)} AS d, 4, 2, 1, sumIf(f.gross, item), sum(toDecimal128(if(item, discount, order_discount), 6)), 0, 0,
        uniqExactIf(order_id, item), uniqExactIf(order_id, item AND returned), sumIf(quantity, item),
        groupBitmapStateIf(customer_key, item AND customer_key != 0)
    FROM ${s.table('fact_sales')} AS f FINAL
    ARRAY JOIN if(order_discount = 0, [product_id], [product_id, ${orderLevel}]) AS mem, if(order_discount = 0, [1], [1, 0]) AS item
    WHERE ${where}
    GROUP BY d, mem`;

/**
 * Every grain and dimension in one statement, one insert, one part: a reader sees every level of a month move at once. The headline
 * ('all') is taken over from `agg_headline`, which stands at the same ledger positions; dimensions start at the hour, products at the
 * day, straight from L1; days and months are filled up with the clean hours and days around the dirty ones. What stood in a dirty
 * bucket marks its key, so that a key that emptied gets a tombstone.
 */
function writePortion(s: StepSql, dirty: DirtySql): NamedStatement {
  const { zone } = s;
  const kpi = s.table('agg_kpi');
  const bucket = sql`bucket`;
  const hour = bucketOf('hour', sql`slice`, zone);
  const day = bucketOf('day', sql`slice`, zone);
  const inside = (grain: Grain): Sql => dirty.inside(grain, sql`slice`, zone);
  const rows = sql`    ${headlineRows(s, dirty)}
    UNION ALL
    ${attributeRows(s, inside('hour'))}
    UNION ALL
    ${productRows(s, inside('day'))}
    UNION ALL
    SELECT d.1 AS dim, d.2 AS mem, if(dim = 'product', ${day}, ${hour}) AS b, if(dim = 'product', 4, 3), if(dim = 'product', 2, 3), 1, 0, 0,
        sumIf(amount, convention = 'refund-date'), sumIf(amount, convention = 'order-date'), 0, 0, 0, ${emptyBitmap}
    FROM ${s.table('fact_returns')} FINAL
    ARRAY JOIN arrayConcat([('product', product_id)], if(${inside('hour')}, ${attributeMembers(false)}, [])) AS d
    WHERE convention IN ('refund-date', 'order-date') AND ${inside('day')}
    GROUP BY b, dim, mem
    UNION ALL
    SELECT toString(dimension), member, ${derivedRows(dirty)}
    FROM ${kpi} FINAL
    WHERE ${dirty.standing()}
        OR (dimension != 'all' AND grain = 'hour' AND ${dirty.inside('day', bucket, zone)})
        OR (dimension != 'all' AND grain = 'day' AND ${dirty.inside('month', bucket, zone)})`;
  return {
    name: 'agg_kpi',
    statement: sql`INSERT INTO ${kpi}
${foldLevels(rows, { select: sql`level.1 AS g, dimension, level.2 AS b, member`, group: sql`g, dimension, b, member` }, s)}`,
  };
}

/** The order's members as `[(dimension, member), ...]`; within an order's group every row has the same ones. */
export function attributeMembers(grouped: boolean): Sql {
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
