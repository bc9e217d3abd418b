import type { BacktestOutcome } from '#contracts';
import { wilsonInterval } from '#statistics';
import { horizonDays, type ChurnBase } from '#warehouse';
import type { PastAlert } from './fold-past.js';

const dayMs = 86_400_000;
export const horizonMs = horizonDays * dayMs;
export const weekMs = 7 * dayMs;

/** The middle of each week of a span whose days after are over: where the base rate is asked for. Unix milliseconds. */
export function baseInstants(from: number, to: number): number[] {
  const instants: number[] = [];
  for (let start = from; start < to; start += weekMs) {
    const middle = start + Math.min(weekMs, to - start) / 2;
    if (middle + horizonMs <= to) instants.push(Math.floor(middle));
  }
  return instants;
}

export interface OutcomeParts {
  /** Start of the span, Unix milliseconds. */
  readonly from: number;
  /** The shop's clock. */
  readonly to: number;
  /** Instants of the customers' orders, rising. */
  readonly orders: ReadonlyMap<string, readonly number[]>;
  /** At `baseInstants`. */
  readonly base: readonly ChurnBase[];
}

/**
 * How alerts ended: whether the customer ordered in the days after, where these are over. The base rate is that of the same weeks, each
 * weighing as much as it has such alerts: what customers drawn at random in those weeks would have had.
 */
export function outcomeOf(alerts: readonly PastAlert[], { from, to, orders, base }: OutcomeParts): BacktestOutcome {
  let [known, gone] = [0, 0];
  const inWeek = new Map<number, number>();
  for (const { customerId, at } of alerts) {
    if (at + horizonMs > to) continue;
    known += 1;
    const next = orders.get(customerId)?.find((each) => each > at);
    if (next === undefined || next > at + horizonMs) gone += 1;
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
  const { low, high } = precision === null ? { low: null, high: null } : wilsonInterval(precision, known);
  return {
    ...{ alerts: alerts.length, known, notYetKnown: alerts.length - known, gone, precision, low, high },
    base: rateOf,
    lift: { all: liftOver(rateOf.all), active: liftOver(rateOf.active) },
  };
}
