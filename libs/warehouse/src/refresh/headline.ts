import { join, sql, type Sql } from '#clickhouse';
import { bucketOf, grains, isOneOf, startsAsOneOf, type Bucket, type DirtySql } from './dirty.js';
import type { NamedStatement, StepSql } from './step.js';

/** A set of no buyers. */
export const emptyBitmap = sql`groupBitmapStateIf(toUInt32(0), 0)`;

/**
 * Folds rows of `at, first, levels, counts, gross, ...` into every bucket they belong to: `levels` grains from the `first`-th on.
 * Rows that only mark that a bucket stood there have `counts = 0`; a bucket of nothing but marks has emptied.
 */
export function foldLevels(rows: Sql, keys: { select: Sql; group: Sql }, s: StepSql): Sql {
  return sql`SELECT ${keys.select}, sumIf(gross, counts), sumIf(discounts, counts), sumIf(returns, counts), sumIf(returns_by_order_date, counts),
    sumIf(orders, counts), sumIf(returned_orders, counts), sumIf(units, counts), groupBitmapMergeStateIf(buyers, counts), ${s.generation}, NOT max(counts)
FROM
(
${rows}
)
ARRAY JOIN ${levelsOf(s)} AS level
GROUP BY ${keys.group}`;
}

/** `[(grain, start of its bucket), ...]` of a row of `at, first, levels`. */
export function levelsOf(s: StepSql): Sql {
  return sql`arraySlice([${join(grains.map((grain) => sql`(${grain}, ${bucketOf(grain, sql`at`, s.zone)})`))}], first, levels)`;
}

/** Rows of a derived table as `foldLevels` takes them: a dirty one marks its bucket, a clean one adds to all coarser grains. */
export function derivedRows(dirty: DirtySql): Sql {
  return sql`bucket AS at, toUInt8(grain) + counts AS first, if(counts, 5, 1) AS levels, NOT ${dirty.holds()} AS counts,
        gross, discounts, returns, returns_by_order_date, orders, returned_orders, units, buyers`;
}

/**
 * `agg_headline`, all levels in one statement, one insert, one part. Dirty slices are computed from L1. A coarser dirty bucket is
 * the sum of its dirty slices and of the coarsest clean buckets that fill the rest: clean slices of a dirty minute, clean minutes of
 * a dirty hour, and so on. What stood in a dirty bucket marks its key, so that a bucket that emptied gets a tombstone.
 * @param refunds whether a dirty slice may have any: else reading them would only cost time
 */
export function writeHeadline(s: StepSql, dirty: DirtySql, refunds: boolean): NamedStatement {
  const table = s.table('agg_headline');
  const bucket = sql`bucket`;
  // Of each grain what lies in a dirty bucket of the next coarser one; a month has none above it.
  const around = grains.map((grain, index) => sql`(grain = ${grain} AND ${dirty.inside(grains[index + 1] ?? 'month', bucket, s.zone)})`);
  const refunded = sql`SELECT slice, 1, 5, 1, 0, 0, sumIf(amount, convention = 'refund-date'), sumIf(amount, convention = 'order-date'), 0, 0, 0, ${emptyBitmap}
    FROM ${s.table('fact_returns')} FINAL WHERE convention IN ('refund-date', 'order-date') AND ${dirty.has('slice', sql`slice`)} GROUP BY slice
    UNION ALL
    `;
  const rows = sql`    SELECT
        slice AS at, 1 AS first, 5 AS levels, 1 AS counts, sum(f.gross) AS gross, sum(toDecimal128(discount, 6) + order_discount) AS discounts,
        toDecimal128(0, 6) AS returns, toDecimal128(0, 6) AS returns_by_order_date, uniqExact(order_id) AS orders,
        uniqExactIf(order_id, returned) AS returned_orders, sum(quantity) AS units, groupBitmapStateIf(customer_key, customer_key != 0) AS buyers
    FROM ${s.table('fact_sales')} AS f FINAL WHERE ${dirty.has('slice', sql`slice`)} GROUP BY slice
    UNION ALL
    ${refunds ? refunded : sql``}SELECT ${derivedRows(dirty)}
    FROM ${table} FINAL WHERE ${join(around, ' OR ')}`;
  return {
    name: 'agg_headline',
    statement: sql`INSERT INTO ${table}
${foldLevels(rows, { select: sql`level.1 AS g, level.2 AS b`, group: sql`g, b` }, s)}`,
  };
}

/** What new orders add to one bucket of the headline. */
export interface Addition extends Bucket {
  readonly gross: string;
  readonly discounts: string;
  readonly orders: number;
  readonly units: string;
  /** Of the buyers, without guests. */
  readonly customerKeys: readonly number[];
}

/** Figures of buckets as they stand; those that hold nothing are not among the rows. */
export function standingSql(table: Sql, buckets: readonly Bucket[]): Sql {
  return sql`SELECT grain, toUnixTimestamp(bucket) AS start, gross, discounts, returns, returns_by_order_date, orders, returned_orders,
    units, hex(buyers) AS buyers
FROM ${table} FINAL
WHERE ${startsAsOneOf(buckets)} AND ${isOneOf(buckets)}`;
}
