import { join, sql, type ClickHouse, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import type { Level } from '../watermark.repository.js';
import { amounts, emptySums, seconds, within, type KpiGrain, type KpiSpan, type KpiSums } from './sums.js';

export interface KpiBucket extends KpiSums {
  /** Start of the bucket, `2011-12-01 00:00:00` UTC. */
  readonly bucket: string;
}
export interface KpiMember extends KpiSums {
  readonly member: string;
  /** How many members there are in all, and their sums: the same on every row. */
  readonly members: string;
  readonly total_gross: string;
  readonly total_discounts: string;
  readonly total_returns: string;
  readonly total_orders: string;
  readonly total_returned_orders: string;
  readonly total_units: string;
}
export type MemberOrder = 'gross' | 'net' | 'orders' | 'units' | 'returns';

/** Dimensions that agg_kpi holds. */
export type StoredDimension = 'product' | 'country' | 'region' | 'city' | 'payment' | 'channel' | 'campaign';
/** Attributes of products: joined at read, for nothing that depends on another entity is stored in a bucket. */
export type ProductAttribute = 'category' | 'subcategory' | 'brand';

function sums(byOrderDate: boolean): Sql {
  return sql`${amounts(byOrderDate)}, groupBitmapMerge(k.buyers) AS buyers`;
}

/** The shop's totals by bucket, of a level: `FROM ...` up to an open condition. */
function totalsOf(shop: Shop, level: Level): Sql {
  return level === 'live'
    ? sql`FROM ${tableOf(shop, 'agg_headline')} AS k FINAL WHERE`
    : sql`FROM ${tableOf(shop, 'agg_kpi')} AS k FINAL WHERE dimension = 'all' AND`;
}

/** First and last month of the whole history, and its last day. */
export function extentSql(shop: Shop, level: Level): Sql {
  return sql`SELECT toString(minIf(bucket, grain = 'month')) AS first, toString(maxIf(bucket, grain = 'month')) AS last,
    toString(maxIf(bucket, grain = 'day')) AS lastDay, count() AS buckets
${totalsOf(shop, level)} grain IN ('day', 'month')`;
}

/** Sums over spans of the headline. */
export function totalsSql(shop: Shop, spans: readonly KpiSpan[], byOrderDate: boolean, level: Level): Sql {
  return sql`SELECT ${sums(byOrderDate)}
${totalsOf(shop, level)} (${within(spans)})`;
}

/** The headline by bucket; weeks are rolled up from days here. */
export function seriesSql(shop: Shop, grain: KpiGrain | 'week', from: number, to: number, byOrderDate: boolean, level: Level): Sql {
  const stored = grain === 'week' ? 'day' : grain;
  const bucket =
    grain === 'week'
      ? sql`toTimeZone(toDateTime(toStartOfWeek(toTimeZone(bucket, ${shop.timeZone}), 1), ${shop.timeZone}), 'UTC')`
      : sql`bucket`;
  return sql`SELECT toString(${bucket}) AS b, ${sums(byOrderDate)}
${totalsOf(shop, level)} (${within([{ grain: stored, from, to }])})
GROUP BY b ORDER BY b`;
}

/** The first members in an order, with the sums of all: thousands of products need not leave the engine to show twenty. */
function ranked(members: Sql, order: MemberOrder, limit: number): Sql {
  const by = { gross: sql`gross`, net: sql`gross - discounts - returns`, orders: sql`orders`, units: sql`units`, returns: sql`returns` }[
    order
  ];
  return sql`SELECT member, gross, discounts, returns, orders, returned_orders, units, buyers, count() OVER () AS members,
    sum(gross) OVER () AS total_gross, sum(discounts) OVER () AS total_discounts, sum(returns) OVER () AS total_returns,
    sum(orders) OVER () AS total_orders, sum(returned_orders) OVER () AS total_returned_orders, sum(units) OVER () AS total_units
FROM (${members})
WHERE orders != 0 OR gross != 0 OR discounts != 0 OR returns != 0
ORDER BY ${by} DESC, member LIMIT ${limit}`;
}

/**
 * Sums by member of a stored dimension, without buyers: merging the sets of thousands of members to show twenty would take
 * most of the time. `buyersSql` gives those of the members shown.
 */
export function breakdownSql(
  shop: Shop,
  dimension: StoredDimension,
  spans: readonly KpiSpan[],
  byOrderDate: boolean,
  order: MemberOrder,
  limit: number,
): Sql {
  const members = sql`SELECT member, ${amounts(byOrderDate)}, 0 AS buyers
FROM ${tableOf(shop, 'agg_kpi')} AS k FINAL WHERE dimension = ${dimension} AND (${within(spans)})
GROUP BY member`;
  return ranked(members, order, limit);
}

/** Distinct buyers of some members of a stored dimension. */
export function buyersSql(shop: Shop, dimension: StoredDimension, spans: readonly KpiSpan[], members: readonly string[]): Sql {
  return sql`SELECT member, groupBitmapMerge(k.buyers) AS buyers
FROM ${tableOf(shop, 'agg_kpi')} AS k FINAL PREWHERE dimension = ${dimension} AND (${within(spans)}) AND member IN ${members}
GROUP BY member`;
}

/**
 * Sums by member straight from the facts: for attributes of products (distinct orders of a category cannot be added up
 * over its products) and for ranges whose ends lie inside an hour.
 */
export function breakdownOfFactsSql(
  shop: Shop,
  by: StoredDimension | ProductAttribute,
  from: number,
  to: number,
  byOrderDate: boolean,
  order: MemberOrder,
  limit: number,
): Sql {
  const convention = byOrderDate ? 'order-date' : 'refund-date';
  const inRange = sql`slice >= ${seconds(from)} AND slice < ${seconds(to)}`;
  const ofProduct = by === 'category' || by === 'subcategory' || by === 'brand';
  const perLine = ofProduct || by === 'product';
  const member = memberOf(by);
  const products = ofProduct
    ? sql`LEFT JOIN (SELECT product_id, category, subcategory, brand FROM ${tableOf(shop, 'dim_products')} FINAL) AS p ON f.product_id = p.product_id`
    : sql``;
  const discount = perLine ? sql`toDecimal128(discount, 6)` : sql`toDecimal128(discount, 6) + order_discount`;
  const orderLevel = perLine
    ? sql`UNION ALL
    SELECT ${orderLevelMember}, 0, sum(toDecimal128(order_discount, 6)), 0, 0, 0, 0, 0
    FROM ${tableOf(shop, 'fact_sales')} FINAL WHERE ${inRange} AND order_discount != 0 HAVING count() > 0`
    : sql``;
  const members = sql`SELECT member, sum(gross) AS gross, sum(discounts) AS discounts, sum(returns) AS returns, sum(orders) AS orders,
    sum(returned_orders) AS returned_orders, sum(units) AS units, sum(buyers) AS buyers
FROM
(
    SELECT
        ${member} AS member, sum(f.gross) AS gross, sum(${discount}) AS discounts, toDecimal128(0, 6) AS returns, uniqExact(order_id) AS orders,
        uniqExactIf(order_id, returned) AS returned_orders, sum(quantity) AS units, uniqExactIf(customer_key, customer_key != 0) AS buyers
    FROM ${tableOf(shop, 'fact_sales')} AS f FINAL ${products} WHERE ${inRange} GROUP BY member
    ${orderLevel}
    UNION ALL
    SELECT ${member} AS member, 0, 0, sum(amount), 0, 0, 0, 0
    FROM ${tableOf(shop, 'fact_returns')} AS f FINAL ${products} WHERE convention = ${convention} AND ${inRange} GROUP BY member
)
GROUP BY member`;
  return ranked(members, order, limit);
}

/** Member of the dimension `product` that carries discounts on orders as a whole. */
export const orderLevelMember = '\u001forder';
/** Separates the parts of a region's or city's member. */
export const memberSeparator = '\u001f';

function memberOf(by: StoredDimension | ProductAttribute): Sql {
  switch (by) {
    case 'product':
      return sql`f.product_id`;
    case 'category':
      return sql`toString(p.category)`;
    case 'subcategory':
      return sql`toString(p.subcategory)`;
    case 'brand':
      return sql`toString(p.brand)`;
    case 'country':
      return sql`toString(country)`;
    case 'region':
      return sql`concat(toString(country), ${memberSeparator}, toString(region))`;
    case 'city':
      return sql`concat(toString(country), ${memberSeparator}, toString(region), ${memberSeparator}, toString(city))`;
    case 'payment':
      return sql`toString(payment_method)`;
    case 'channel':
      return sql`toString(channel)`;
    case 'campaign':
      return sql`campaign_id`;
  }
}

/** Customers by their first order, and how many had one or more, two or more orders before an instant. */
export function customerCountsSql(shop: Shop, from: number | null, to: number | null): Sql {
  const at = (milliseconds: number): Sql => sql`${new Date(milliseconds)}`;
  const born = join(
    [sql`orders > 0`, ...(from === null ? [] : [sql`first_order >= ${at(from)}`]), ...(to === null ? [] : [sql`first_order < ${at(to)}`])],
    ' AND ',
  );
  if (to === null) {
    return sql`SELECT countIf(${born}) AS new_buyers, countIf(orders >= 1) AS once, countIf(orders >= 2) AS again
FROM ${tableOf(shop, 'agg_customer')} FINAL`;
  }
  const newBuyers = sql`(SELECT count() FROM ${tableOf(shop, 'agg_customer')} FINAL WHERE ${born})`;
  const month = sql`toStartOfMonth(toTimeZone(${at(to)}, ${shop.timeZone}))`;
  return sql`SELECT ${newBuyers} AS new_buyers, countIf(n >= 1) AS once, countIf(n >= 2) AS again
FROM
(
    SELECT customer_key, sum(orders) AS n FROM
    (
        SELECT customer_key, orders FROM ${tableOf(shop, 'agg_customer_month')} FINAL WHERE month < ${month}
        UNION ALL
        SELECT customer_key, uniqExact(document_id) FROM ${tableOf(shop, 'facts_by_customer')} FINAL
        WHERE month = ${month} AND kind = 'sale' AND at < ${at(to)} GROUP BY customer_key
    )
    GROUP BY customer_key
)`;
}

/** Runs the reads above. Meant to be called inside one `ReadGate.read`. */
export class KpiReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  async extent(shop: Shop, level: Level = 'settled'): Promise<{ first: string; last: string; lastDay: string } | undefined> {
    const [row] = await this.clickhouse.query<{ first: string; last: string; lastDay: string; buckets: string }>(extentSql(shop, level));
    return row === undefined || row.buckets === '0' ? undefined : row;
  }
  async totals(shop: Shop, spans: readonly KpiSpan[], byOrderDate: boolean, level: Level = 'settled'): Promise<KpiSums> {
    const [row] = await this.clickhouse.query<KpiSums>(totalsSql(shop, spans, byOrderDate, level));
    return row ?? emptySums;
  }
  async series(
    shop: Shop,
    grain: KpiGrain | 'week',
    from: number,
    to: number,
    byOrderDate: boolean,
    level: Level = 'settled',
  ): Promise<KpiBucket[]> {
    const rows = await this.clickhouse.query<KpiSums & { b: string }>(seriesSql(shop, grain, from, to, byOrderDate, level));
    return rows.map(({ b, ...rest }) => ({ ...rest, bucket: b }));
  }
  breakdown(...of: Parameters<typeof breakdownSql>): Promise<KpiMember[]> {
    return this.clickhouse.query(breakdownSql(...of));
  }
  async buyers(...of: Parameters<typeof buyersSql>): Promise<Map<string, string>> {
    if (of[3].length === 0) return new Map();
    const rows = await this.clickhouse.query<{ member: string; buyers: string }>(buyersSql(...of));
    return new Map(rows.map((row) => [row.member, row.buyers]));
  }
  breakdownOfFacts(...of: Parameters<typeof breakdownOfFactsSql>): Promise<KpiMember[]> {
    return this.clickhouse.query(breakdownOfFactsSql(...of));
  }
  async customerCounts(shop: Shop, from: number | null, to: number | null): Promise<{ newBuyers: number; once: number; again: number }> {
    const [row] = await this.clickhouse.query<{ new_buyers: string; once: string; again: string }>(customerCountsSql(shop, from, to));
    return { newBuyers: Number(row?.new_buyers ?? 0), once: Number(row?.once ?? 0), again: Number(row?.again ?? 0) };
  }
  /** Names of products or campaigns, for labels. */
  async names(shop: Shop, of: 'product' | 'campaign', ids: readonly string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map();
    const [table, key] =
      of === 'product' ? [tableOf(shop, 'dim_products'), sql`product_id`] : [tableOf(shop, 'dim_campaigns'), sql`campaign_id`];
    const rows = await this.clickhouse.query<{ id: string; name: string }>(
      sql`SELECT ${key} AS id, name FROM ${table} FINAL WHERE ${key} IN ${ids} AND name != ''`,
    );
    return new Map(rows.map((row) => [row.id, row.name]));
  }
}
