import { conventions, discountsOf, grossOf, unitsOf, type Book, type Convention, type Refund, type Sale } from './book.js';
import type { LocalTime } from './local-time.js';
import { averageText, moneyText, type Micros } from './money.js';

/** What REST is asked for. Absent means: the whole history, by the date of the refund. */
export interface PeriodQuery {
  /** An instant with Z, or a local date (its first instant). Included. */
  readonly from?: string;
  /** Likewise; not included. */
  readonly to?: string;
  readonly refunds?: Convention;
}

/** A period in milliseconds since 1970, `to` not included. */
export interface Period {
  readonly from: number;
  readonly to: number;
  readonly refunds: Convention;
}

export function periodOf(query: PeriodQuery, time: LocalTime): Period {
  const instant = (text: string): number => (text.length === 10 ? time.startOfDate(text) : Date.parse(text));
  return {
    from: query.from === undefined ? -Infinity : instant(query.from),
    to: query.to === undefined ? Infinity : instant(query.to),
    refunds: query.refunds ?? 'refund-date',
  };
}

/** Sales of a period, by the order's instant. */
export function salesIn(book: Book, { from, to }: Period): Sale[] {
  return book.sales.filter(({ at }) => from <= at && at < to);
}

/** Refunds of a period, under its convention. */
export function refundsIn(book: Book, { from, to, refunds }: Period): Refund[] {
  return book.refunds.filter(({ at }) => from <= at[refunds] && at[refunds] < to);
}

/** Instants at which anything stands, under either convention. */
export function instantsOf(book: Book): number[] {
  return [...book.sales.map(({ at }) => at), ...book.refunds.flatMap(({ at }) => conventions.map((convention) => at[convention]))];
}

/** The figures that every answer carries. Money as exact decimal strings, averages with six fraction digits. */
export interface Figures {
  readonly grossSales: string;
  readonly discounts: string;
  readonly returns: string;
  readonly netSales: string;
  readonly orders: number;
  readonly units: number;
  readonly buyers: number;
  readonly aovGross: string | null;
  readonly aovNet: string | null;
}

/** Sums on the way to figures. */
export interface Sums {
  gross: Micros;
  discounts: Micros;
  returns: Micros;
  orders: number;
  units: bigint;
  readonly buyers: Set<string>;
}

export function noSums(): Sums {
  return { gross: 0n, discounts: 0n, returns: 0n, orders: 0, units: 0n, buyers: new Set() };
}

/** Sums over whole sales and refunds. */
export function sumsOf(sales: readonly Sale[], refunds: readonly Refund[]): Sums {
  return {
    gross: sales.reduce((sum, sale) => sum + grossOf(sale), 0n),
    discounts: sales.reduce((sum, sale) => sum + discountsOf(sale), 0n),
    returns: refunds.reduce((sum, refund) => sum + refund.amount, 0n),
    orders: sales.length,
    units: sales.reduce((sum, sale) => sum + unitsOf(sale), 0n),
    buyers: new Set(sales.map(({ customer }) => customer).filter((customer) => customer !== '')),
  };
}

export function figuresOf({ gross, discounts, returns, orders, units, buyers }: Sums): Figures {
  const net = gross - discounts - returns;
  return {
    grossSales: moneyText(gross),
    discounts: moneyText(discounts),
    returns: moneyText(returns),
    netSales: moneyText(net),
    orders,
    units: Number(units),
    buyers: buyers.size,
    aovGross: averageText(gross, orders),
    aovNet: averageText(net, orders),
  };
}
