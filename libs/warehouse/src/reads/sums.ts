import { join, sql, type Sql } from '#clickhouse';

/** Sums as ClickHouse prints them: decimals and 64-bit counts as strings. */
export interface KpiSums {
  readonly gross: string;
  readonly discounts: string;
  readonly returns: string;
  readonly orders: string;
  readonly returned_orders: string;
  readonly units: string;
  readonly buyers: string;
}

export type KpiGrain = 'slice' | 'minute' | 'hour' | 'day' | 'month';
/** Buckets of one grain from `from` (included) to `to` (excluded), both Unix milliseconds. */
export interface KpiSpan {
  readonly grain: KpiGrain;
  readonly from: number;
  readonly to: number;
}

/** A DateTime compared with a number is compared as Unix seconds; a call per edge would cost more than the rest of a tile's statement. */
export const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** Whether a row's bucket lies in one of some spans. */
export function within(spans: readonly KpiSpan[]): Sql {
  if (spans.length === 0) return sql`0`;
  return join(
    spans.map(({ grain, from, to }) => sql`(grain = ${grain} AND bucket >= ${seconds(from)} AND bucket < ${seconds(to)})`),
    ' OR ',
  );
}

/** The figures that add up over buckets. */
export function amounts(byOrderDate: boolean): Sql {
  return sql`sum(gross) AS gross, sum(discounts) AS discounts, sum(${byOrderDate ? sql`k.returns_by_order_date` : sql`k.returns`}) AS returns,
    sum(orders) AS orders, sum(returned_orders) AS returned_orders, sum(units) AS units`;
}

/** Of nothing. */
export const emptySums: KpiSums = { gross: '0', discounts: '0', returns: '0', orders: '0', returned_orders: '0', units: '0', buyers: '0' };
