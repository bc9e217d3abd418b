import { Zone } from '#clock';
import type { BacktestAnswer } from '#contracts';
import { microsOf, textOfMicros } from '#warehouse';
import { amountOf } from '../read/shown.js';
import type { PastAlert, PastDecisions } from './fold-past.js';

const dayMs = 86_400_000;
/** Two alerts about one customer are about the same thing within so many days. */
export const overlapDays = 30;

/** Alerts by day, every day of the span, those without one too. */
export function alertsByDay({ sent, suppressed }: PastDecisions, from: number, to: number, timeZone: string): BacktestAnswer['alerts'] {
  const days = new Map(daysOf(from, to, timeZone).map((day) => [day, { day, alerts: 0, keptBack: 0 }]));
  for (const { day } of sent) count(days.get(day), 'alerts');
  for (const { day, reason } of suppressed) if (reason === 'cap') count(days.get(day), 'keptBack');
  const perDay = [...days.values()];
  return {
    sent: sent.length,
    customers: new Set(sent.map(({ customerId }) => customerId)).size,
    meanPerDay: Math.round((sent.length * 100 * dayMs) / Math.max(1, to - from)) / 100,
    mostPerDay: perDay.reduce((most, { alerts }) => Math.max(most, alerts), 0),
    daysAtCap: perDay.filter(({ keptBack }) => keptBack > 0).length,
    netValueAtStake: amountOf(textOfMicros(sent.reduce((sum, { netValue }) => sum + microsOf(netValue), 0n))),
    perDay,
  };
}

/** Local dates of a span. */
function daysOf(from: number, to: number, timeZone: string): string[] {
  const zone = new Zone(timeZone);
  const days = new Set<string>();
  // Half days, for a local day may have 23 hours.
  for (let at = from; at < to; at += dayMs / 2) days.add(zone.text(at, false));
  days.add(zone.text(to, false));
  return [...days];
}

function count<Name extends string>(of: Record<Name, number> | undefined, name: Name): void {
  if (of) of[name] += 1;
}

/** Suppressions by reason, and the customers who were in the band as the weeks began: to them it did not happen in these weeks. */
export function bySuppression({ suppressed }: PastDecisions): {
  readonly suppressed: Record<string, number>;
  readonly alreadyInside: number;
} {
  const counts: Record<string, number> = {};
  let alreadyInside = 0;
  for (const { reason } of suppressed) {
    if (reason === 'muted') alreadyInside += 1;
    else counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return { suppressed: counts, alreadyInside };
}

/** Customers of one rule whom another one alerts within `overlapDays`, before or after. */
export function sharedCustomers(of: readonly PastAlert[], other: readonly PastAlert[]): number {
  const byCustomer = (alerts: readonly PastAlert[]): Map<string, number[]> => {
    const instants = new Map<string, number[]>();
    for (const { customerId, at } of alerts) {
      const own = instants.get(customerId);
      if (own) own.push(at);
      else instants.set(customerId, [at]);
    }
    return instants;
  };
  const others = byCustomer(other);
  let shared = 0;
  for (const [customerId, own] of byCustomer(of)) if (meet(own, others.get(customerId) ?? [], overlapDays * dayMs)) shared += 1;
  return shared;
}

/** Whether two lists of rising instants have two that lie close together; one walk along both. */
function meet(some: readonly number[], others: readonly number[], within: number): boolean {
  for (let [one, other] = [0, 0]; one < some.length && other < others.length;) {
    const apart = (some[one] ?? 0) - (others[other] ?? 0);
    if (Math.abs(apart) <= within) return true;
    if (apart < 0) one += 1;
    else other += 1;
  }
  return false;
}
