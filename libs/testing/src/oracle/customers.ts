import { discountsOf, grossOf, unitsOf, type Book } from './book.js';
import type { LocalTime } from './local-time.js';
import type { Micros } from './money.js';

/** What one customer bought and gave back, in a month or in a life. */
export interface CustomerFigures {
  orders: number;
  units: bigint;
  gross: Micros;
  discounts: Micros;
  /** At the month of the refund. */
  returns: Micros;
  /** Instants of the first and last live order; null where there are only refunds. */
  firstOrder: number | null;
  lastOrder: number | null;
}

/** Net sales of a customer: what was bought less what was let off and paid back. */
export function netOf(figures: Pick<CustomerFigures, 'gross' | 'discounts' | 'returns'>): Micros {
  return figures.gross - figures.discounts - figures.returns;
}

/** Per customer, over all that happened up to `until`. Only customers with a live order or a counted refund; no guests. */
export function customerLives(book: Book, until = Infinity): Map<string, CustomerFigures> {
  return fold(book, until, () => '').lives;
}

/** Customer -> first date of the local month -> figures. */
export function customerMonths(book: Book, time: LocalTime): Map<string, Map<string, CustomerFigures>> {
  return fold(book, Infinity, (at) => time.monthOf(at)).months;
}

function fold(
  book: Book,
  until: number,
  monthOf: (at: number) => string,
): { lives: Map<string, CustomerFigures>; months: Map<string, Map<string, CustomerFigures>> } {
  const lives = new Map<string, CustomerFigures>();
  const months = new Map<string, Map<string, CustomerFigures>>();

  const figuresAt = (customer: string, at: number): CustomerFigures[] => {
    if (customer === '' || at > until) return [];
    const own = months.get(customer) ?? new Map<string, CustomerFigures>();
    months.set(customer, own);
    return [entry(lives, customer), entry(own, monthOf(at))];
  };

  for (const sale of book.sales) {
    for (const figures of figuresAt(sale.customer, sale.at)) {
      figures.orders += 1;
      figures.units += unitsOf(sale);
      figures.gross += grossOf(sale);
      figures.discounts += discountsOf(sale);
      figures.firstOrder = Math.min(sale.at, figures.firstOrder ?? Infinity);
      figures.lastOrder = Math.max(sale.at, figures.lastOrder ?? -Infinity);
    }
  }
  for (const refund of book.refunds) {
    for (const figures of figuresAt(refund.customer, refund.at['refund-date'])) figures.returns += refund.amount;
  }
  return { lives, months };
}

function entry(map: Map<string, CustomerFigures>, key: string): CustomerFigures {
  let figures = map.get(key);
  if (!figures) {
    figures = { orders: 0, units: 0n, gross: 0n, discounts: 0n, returns: 0n, firstOrder: null, lastOrder: null };
    map.set(key, figures);
  }
  return figures;
}
