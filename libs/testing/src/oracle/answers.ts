import type { Book } from './book.js';
import { memberOf, sharesByProduct, sharesOf, type Dimension, type Share } from './kpi.js';
import type { Dimensions } from './dimensions.js';
import type { Grain, LocalTime } from './local-time.js';
import { ratioText } from './money.js';
import {
  figuresOf,
  instantsOf,
  noSums,
  periodOf,
  refundsIn,
  salesIn,
  sumsOf,
  type Figures,
  type PeriodQuery,
  type Sums,
} from './period.js';

/** The answer to `kpis/summary`. */
export interface Summary extends Figures {
  /** Refunded amounts / gross sales. */
  readonly returnRate: string | null;
  /** Orders of the period with a counted refund, whenever it came / orders of the period. */
  readonly returnedOrderRate: string | null;
  /** Customers with two or more orders before the period's end / customers with one or more. */
  readonly repeatRate: string | null;
  /** Customers whose first order lies in the period. */
  readonly newBuyers: number;
  readonly returningBuyers: number;
}

/** One point of `kpis/series`. */
export interface SeriesPoint extends Figures {
  /** Start of the bucket, an instant in UTC with milliseconds. */
  readonly bucket: string;
  /** The same on the shop's wall clock; only the date from the day up. */
  readonly local: string;
  /** The shop's clock has passed the bucket. */
  readonly complete: boolean;
}

/** What `kpis/breakdown` can be asked by. Categories, subcategories and brands are those that the products have now. */
export type BreakdownBy = Exclude<Dimension, 'all'> | 'category' | 'subcategory' | 'brand';

/** One member of a breakdown. */
export interface BreakdownRow extends Figures {
  /** '' = unknown; parts of a region or city are parted by U+001F; U+001F + 'order' = discounts on orders as a whole. */
  readonly member: string;
  readonly shareOfGross: string | null;
}

export function summary(book: Book, time: LocalTime, query: PeriodQuery): Summary {
  const period = periodOf(query, time);
  const sales = salesIn(book, period);
  const sums = sumsOf(sales, refundsIn(book, period));

  // A customer's life counts from its first order on, whatever the period.
  const lifetimeOrders = new Map<string, number>();
  const firstOrder = new Map<string, number>();
  for (const { customer, at } of book.sales) {
    if (customer === '' || at >= period.to) continue;
    lifetimeOrders.set(customer, (lifetimeOrders.get(customer) ?? 0) + 1);
    firstOrder.set(customer, Math.min(at, firstOrder.get(customer) ?? Infinity));
  }
  const newBuyers = [...firstOrder.values()].filter((at) => at >= period.from).length;

  return {
    ...figuresOf(sums),
    returnRate: ratioText(sums.returns, sums.gross),
    returnedOrderRate: ratioText(sales.filter(({ returned }) => returned).length, sales.length),
    repeatRate: ratioText([...lifetimeOrders.values()].filter((orders) => orders >= 2).length, lifetimeOrders.size),
    newBuyers,
    returningBuyers: sums.buyers.size - newBuyers,
  };
}

/**
 * Points without a gap, each a whole bucket, also where the period starts or ends within one. An open end of the period
 * stands at the outermost bucket in which anything stands, under either convention.
 */
export function series(
  book: Book,
  time: LocalTime,
  clock: number | null,
  grain: Exclude<Grain, 'slice'>,
  query: PeriodQuery,
): SeriesPoint[] {
  const { from, to, refunds } = periodOf(query, time);
  const salesAt = groupBy(book.sales, ({ at }) => time.bucketStart(grain, at));
  const refundsAt = groupBy(book.refunds, ({ at }) => time.bucketStart(grain, at[refunds]));

  const start = from === -Infinity ? -Infinity : time.bucketStart(grain, from);
  const filled = instantsOf(book)
    .map((at) => time.bucketStart(grain, at))
    .filter((bucket) => bucket >= start && bucket < to);
  const first = from === -Infinity ? filled.reduce((a, b) => Math.min(a, b), Infinity) : start;
  const last = to === Infinity ? filled.reduce((a, b) => Math.max(a, b), -Infinity) : to - 1;

  const points: SeriesPoint[] = [];
  for (let bucket = first; bucket <= last; bucket = time.nextBucket(grain, bucket)) {
    points.push({
      bucket: new Date(bucket).toISOString(),
      local: grain === 'minute' || grain === 'hour' ? time.wallClock(bucket) : time.dateOf(bucket),
      complete: clock !== null && time.nextBucket(grain, bucket) <= clock,
      ...figuresOf(sumsOf(salesAt.get(bucket) ?? [], refundsAt.get(bucket) ?? [])),
    });
  }
  return points;
}

/** Every member with an order or an amount in the period, by gross sales, the highest first; among equals by member. */
export function breakdown(book: Book, time: LocalTime, { products }: Dimensions, by: BreakdownBy, query: PeriodQuery): BreakdownRow[] {
  const period = periodOf(query, time);
  const ofProduct =
    by === 'category' || by === 'subcategory' || by === 'brand'
      ? (product: string): string => products.rows.get(product)?.[by] ?? ''
      : (product: string) => product;
  const byProduct = by === 'product' || by === 'category' || by === 'subcategory' || by === 'brand';

  const members = new Map<string, Sums>();
  const sumsFor = (member: string): Sums => {
    const sums = members.get(member) ?? noSums();
    members.set(member, sums);
    return sums;
  };
  for (const sale of salesIn(book, period)) {
    const shares: Share[] = byProduct ? sharesByProduct(sale, ofProduct) : sharesOf(sale, by);
    for (const share of shares) {
      const sums = sumsFor(share.member);
      sums.gross += share.gross;
      sums.discounts += share.discounts;
      sums.units += share.units;
      if (share.ordered) sums.orders += 1;
      if (share.ordered && sale.customer !== '') sums.buyers.add(sale.customer);
    }
  }
  for (const refund of refundsIn(book, period)) {
    sumsFor(byProduct ? ofProduct(refund.product) : memberOf(refund.attributes, by)).returns += refund.amount;
  }

  const whole = [...members.values()].reduce((sum, { gross }) => sum + gross, 0n);
  return [...members]
    .filter(([, sums]) => sums.orders > 0 || sums.discounts > 0n || sums.returns > 0n)
    .sort(([a, x], [b, y]) => (x.gross > y.gross ? -1 : x.gross < y.gross ? 1 : a < b ? -1 : 1))
    .map(([member, sums]) => ({ member, ...figuresOf(sums), shareOfGross: ratioText(sums.gross, whole) }));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
