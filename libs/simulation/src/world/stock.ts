import { dayMs, dayOf } from '../law/calendar.js';
import { stockLaw } from '../law/constants.data.js';
import { Stream } from '../random/stream.js';
import { basketOf, type BasketLine } from './baskets.js';
import { mixOf, type Law } from './buyer-path.js';
import type { Catalogue, Product } from './catalogue.js';
import { latentOf } from './latent.js';

const { countedShare, mostCounted, cycleDays, leadDays, lookBackDays, clump, deviations, sampledPerProduct } = stockLaw;
const week = 7;
const workdays = 5;
const rounds = (cycleDays / week) * workdays;
const hour = 3_600_000;
/** The first shelf of a day is counted at six, before most people order, and each further one five minutes later. */
const [firstAt, apart] = [6 * hour, hour / 12];

/** What of the past a count hangs on, milliseconds: sales before that are nothing to it. */
export const stockMemory = (leadDays + lookBackDays) * dayMs;

/** A count that is made on a day. */
export interface StockCount {
  readonly product: Product;
  /** Given when it is counted. */
  units: number;
}

/**
 * The stock of the products that sell most. Each is reviewed every four weeks, and a delivery a week later brings it to a level; what lies
 * there once it has come is counted: periodic review, order-up-to level (R, S; Silver, Pyke and Thomas 2017, 6.3). Just after a delivery that is
 * the level less what was sold since it was ordered, and the level follows from the sales of the eight weeks before. So a count hangs on
 * nine weeks and on nothing else: no stock is kept. Where it is less than what was left, something was lost or broken.
 */
export class Stock {
  /** Those that are counted, by the round on which they are. */
  readonly #rounds: readonly (readonly Product[])[];
  readonly #sales = new Map<Product, { readonly at: number; readonly units: number }[]>();

  constructor(
    private readonly law: Law,
    catalogue: Catalogue,
  ) {
    const counted = bestSellers(law, catalogue);
    this.#rounds = Array.from({ length: rounds }, (_, round) => counted.filter((_, place) => place % rounds === round));
    for (const product of counted) this.#sales.set(product, []);
  }

  /** The counts of a day, in order. @param midnight at which the day begins, Unix milliseconds */
  on(day: number, midnight: number): { readonly count: StockCount; readonly at: number }[] {
    const weekday = day % week;
    if (weekday >= workdays) return [];
    const round = Math.floor((day % cycleDays) / week) * workdays + weekday;
    return (this.#rounds[round] ?? []).map((product, place) => ({ count: { product, units: 0 }, at: midnight + firstAt + place * apart }));
  }

  /** Takes note of what an order took. Orders come in the order of their time. */
  sold(lines: readonly BasketLine[], at: number): void {
    for (const { product, units } of lines) this.#sales.get(product)?.push({ at, units });
  }

  /** Counts: what was sold in its own moment is gone. All orders of `stockMemory` before it must have been noted. */
  count(count: StockCount, at: number): void {
    const sales = (this.#sales.get(count.product) ?? []).filter((sale) => sale.at > at - stockMemory);
    this.#sales.set(count.product, sales);
    const reviewedAt = at - leadDays * dayMs;
    let [before, since] = [0, 0];
    for (const sale of sales) {
      if (sale.at > reviewedAt) since += sale.units;
      else before += sale.units;
    }
    count.units = Math.max(0, this.level(before, dayOf(reviewedAt)) - since);
  }

  /** Units that last from a review until the delivery after the next. @param sold in the days looked back on */
  private level(sold: number, day: number): number {
    const expected = sold * (this.season(day, day + cycleDays + leadDays) / this.season(day - lookBackDays, day));
    return Math.ceil(expected + deviations * Math.sqrt(clump * Math.max(1, expected)));
  }

  /** What a season brings, campaigns and all: a shop plans for its Christmas. Sum over days of the world, the last one left out. */
  private season(from: number, to: number): number {
    let sum = 0;
    for (let day = from; day < to; day += 1) {
      // Before its first day it was as it is then.
      const { factor, campaigns } = this.law.season.on(Math.max(0, day));
      sum += factor * campaigns.reduce((whole, { kind }) => whole + kind.uplift, 1);
    }
    return sum;
  }
}

/** The products that sell most, the first one most of all, by the first orders that some customers would make at list prices. */
function bestSellers(law: Law, catalogue: Catalogue): Product[] {
  const { seed, profile } = law;
  const { products } = catalogue;
  const sold = new Map<Product, number>();
  for (let customer = 0; customer < sampledPerProduct * products.length; customer += 1) {
    const latent = latentOf(seed, customer, profile);
    const category = new Stream(seed, 'order', customer, 0).weighted(mixOf(latent));
    const { lines } = basketOf(law, catalogue, customer, latent, { number: 0, at: 0, category, fate: undefined, visit: false });
    for (const { product, units } of lines) sold.set(product, (sold.get(product) ?? 0) + units);
  }
  return [...products]
    .sort((a, b) => (sold.get(b) ?? 0) - (sold.get(a) ?? 0) || a.index - b.index)
    .slice(0, Math.min(mostCounted, Math.ceil(products.length * countedShare)));
}
