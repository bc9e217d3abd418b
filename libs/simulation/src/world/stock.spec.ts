import type { Order, StockCount } from '#contracts';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { dayMs, dayOf, worldStart } from '../law/calendar.js';
import { stockLaw } from '../law/constants.data.js';
import { profileOf } from '../law/profiles.js';
import type { Season } from '../law/season.js';
import { Names } from '../random/names.js';
import type { BasketLine } from './baskets.js';
import { Catalogue } from './catalogue.js';
import { Stock, stockMemory } from './stock.js';
import { World } from './world.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const profile = { ...profileOf('rich'), name: 'small', products: 35 };
const at = (day: number, hour = 6): number => worldStart + day * dayMs + hour * 3_600_000;

describe('the stock of a shop whose every day is like any other', () => {
  const season = { on: () => ({ factor: 1, campaigns: [] }) } as unknown as Season;
  const law = { seed: 4, profile, season };
  const open = (): Stock => new Stock(law, new Catalogue(law.seed, profile, new Names()));
  const sale = (product: BasketLine['product'], units: number): BasketLine[] => [{ product, units, price: 1, discount: 0, cost: 1 }];
  /** What is counted on a Monday after the given sales: units by instant. */
  const counted = (...sales: [units: number, at: number][]): number | undefined => {
    const stock = open();
    const [first] = stock.on(84, at(84, 0));
    if (!first) throw new Error('Nothing is counted on that day.');
    for (const [units, when] of sales) stock.sold(sale(first.count.product, units), when);
    stock.count(first.count, first.at);
    return first.count.units;
  };

  it('is the level of eight weeks of sales less what was sold since the review a week before', () => {
    // 56 units in eight weeks: 35 in the five to the delivery after the next, and twice the deviation of 11.83 (root of 4 times 35): 59.
    const [review, forgotten] = [at(77), at(84) - stockMemory];
    expect(counted([20, forgotten + 1_000], [36, review], [4, review + 1_000], [1, at(84)])).toBe(59 - 5);
    expect(counted([500, forgotten], [56, review])).toBe(59);
    // Nothing was sold: as a product that sells one unit, twice the root of 4.
    expect(counted()).toBe(4);
    expect(counted([56, review], [60, at(80)])).toBe(0);
  });

  it('is counted of a tenth of the products, each once in four weeks, on a workday', () => {
    const stock = open();
    const days = Array.from({ length: 56 }, (_, day) => day).flatMap((day) => stock.on(day, at(day, 0)).map((each) => ({ day, ...each })));
    const products = new Set(days.map(({ count }) => count.product.id));
    expect(products.size).toBe(4);
    for (const id of products) {
      const [first = 0, second = 0, third] = days.filter(({ count }) => count.product.id === id).map(({ day }) => day);
      expect([second - first, third]).toEqual([28, undefined]);
    }
    expect(days.every((each) => each.day % 7 < 5 && dayOf(each.at) === each.day)).toBe(true);
  });
});

describe('the counts of profile seed', () => {
  interface Moved {
    readonly at: number;
    readonly units: number;
  }
  const world = new World({ profile: 'seed' });
  const counts = new Map<string, Moved[]>();
  const sales = new Map<string, Moved[]>();
  let [events, told] = [0, 0];
  const note = (into: Map<string, Moved[]>, product: string, moved: Moved): void => {
    const those = into.get(product);
    if (those) those.push(moved);
    else into.set(product, [moved]);
  };
  const sold = (product: string, after: number, to: number): number =>
    (sales.get(product) ?? []).reduce((sum, sale) => sum + (sale.at > after && sale.at <= to ? sale.units : 0), 0);
  beforeAll(() => {
    for (const event of world.history()) {
      events += 1;
      const { type, data } = JSON.parse(event.value) as { type: string; data: unknown };
      if (type === 'tideline.product.stock-counted.v1') {
        const { productId, countedAt, units } = data as StockCount;
        expect(Date.parse(countedAt)).toBe(event.at);
        note(counts, productId, { at: event.at, units: units ?? NaN });
        told += 1;
      } else if (event.topic === 'transactions.v1')
        for (const { productId, quantity } of (data as Order).lines) note(sales, productId ?? '', { at: event.at, units: quantity });
    }
  });

  it('are of the hundred that sell most, and few beside the rest of the history', () => {
    const best = [...sales.keys()].sort((a, b) => sold(b, 0, world.end) - sold(a, 0, world.end));
    expect(counts.size).toBe(stockLaw.mostCounted);
    expect(best.slice(0, 50).filter((product) => !counts.has(product))).toEqual([]);
    expect(best.slice(0, 100).filter((product) => counts.has(product)).length).toBeGreaterThanOrEqual(80);
    expect(told / (events - told)).toBeLessThan(0.025);
  });

  it('last until the next one, nearly always, and leave no store full of what nobody buys', () => {
    let [short, whole, lying, taken] = [0, 0, 0, 0];
    for (const [product, of] of counts)
      of.forEach((count, place) => {
        const next = of[place + 1]?.at;
        // The first months are those of a shop that does not know what it will sell.
        if (next === undefined || dayOf(count.at) < 180) return;
        const units = sold(product, count.at, next);
        whole += 1;
        if (units > count.units) short += 1;
        lying += count.units;
        taken += units;
      });
    expect(whole).toBeGreaterThan(1_800);
    expect(short / whole).toBeLessThan(0.12);
    expect(lying / taken).toBeLessThan(2.5);
  });
});
