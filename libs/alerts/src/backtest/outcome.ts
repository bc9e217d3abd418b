import type { BacktestOutcome } from '#contracts';
import { effectiveSize, wilsonInterval } from '#statistics';
import { horizonDays, type ChurnBase } from '#warehouse';
import type { PastAlert } from './fold-past.js';

const dayMs = 86_400_000;
export const horizonMs = horizonDays * dayMs;
export const weekMs = 7 * dayMs;

/**
 * Where the base rate is asked for: of each week of a span the middle of what is over with its days after. So each week has one in which an
 * alert can be known. Unix milliseconds.
 */
export function baseInstants(from: number, to: number): number[] {
  const instants: number[] = [];
  const last = to - horizonMs;
  for (let start = from; start <= last; start += weekMs) instants.push(Math.floor((start + Math.min(start + weekMs, last)) / 2));
  return instants;
}

export interface OutcomeParts {
  /** Start of the span, Unix milliseconds. */
  readonly from: number;
  /** Up to when it is known what happened. */
  readonly to: number;
  /** Instants of the customers' orders, rising. */
  readonly orders: ReadonlyMap<string, readonly number[]>;
  /** At `baseInstants`. */
  readonly base: readonly ChurnBase[];
}

/**
 * How alerts ended: whether the customer ordered in the days after, where these are over. The base rate is that of the same weeks, each
 * weighing as much as it has such alerts: what customers drawn at random in those weeks would have had. Several alerts about one customer
 * are not independent, their windows even overlap: the interval is by Wilson with the effective size of customers as clusters.
 */
export function outcomeOf(alerts: readonly PastAlert[], { from, to, orders, base }: OutcomeParts): BacktestOutcome {
  let [known, gone] = [0, 0];
  const customers = new Map<string, { size: number; some: number }>();
  const inWeek = new Map<number, number>();
  for (const { customerId, at } of alerts) {
    if (at + horizonMs > to) continue;
    known += 1;
    const next = firstAfter(orders.get(customerId) ?? [], at);
    const isGone = next === undefined || next > at + horizonMs;
    if (isGone) gone += 1;
    const own = customers.get(customerId) ?? { size: 0, some: 0 };
    customers.set(customerId, { size: own.size + 1, some: own.some + (isGone ? 1 : 0) });
    const week = Math.floor((at - from) / weekMs);
    inWeek.set(week, (inWeek.get(week) ?? 0) + 1);
  }
  const precision = known === 0 ? null : gone / known;
  const rates = base.map((each) => ({ week: Math.floor((each.at - from) / weekMs), ...each }));
  const rate = (size: 'customers' | 'active', lost: 'gone' | 'activeGone'): number | null => {
    let [sum, weight] = [0, 0];
    for (const each of rates) {
      const some = inWeek.get(each.week) ?? 0;
      if (each[size] === 0) continue;
      sum += (some * each[lost]) / each[size];
      weight += some;
    }
    return weight === 0 ? null : sum / weight;
  };
  const rateOf = { all: rate('customers', 'gone'), active: rate('active', 'activeGone') };
  const liftOver = (of: number | null): number | null => (precision === null || of === null || of === 0 ? null : precision / of);
  const { low, high } = precision === null ? { low: null, high: null } : wilsonInterval(precision, effectiveSize([...customers.values()]));
  return {
    ...{ alerts: alerts.length, known, notYetKnown: alerts.length - known, gone, precision, low, high },
    base: rateOf,
    lift: { all: liftOver(rateOf.all), active: liftOver(rateOf.active) },
  };
}

/** The first of rising instants after one. By halving: a customer with thousands of orders has hundreds of alerts. */
function firstAfter(instants: readonly number[], at: number): number | undefined {
  let [low, high] = [0, instants.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((instants[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return instants[low];
}
