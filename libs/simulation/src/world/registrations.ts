import { historyDays } from '../law/constants.data.js';
import type { Profile } from '../law/profiles.js';
import { Stream } from '../random/stream.js';

/**
 * When customers register: density eps + (1 - eps) t/D over the history, then on at the rate of its last day. The n-th
 * customer stands in the n-th equal slice of the distribution, at a random place in it: the history has exactly the
 * profile's number of customers, ids go with time, and any of them can be computed alone.
 * @returns days since the start of the world
 */
export function registrationOf(seed: number, customer: number, { customers, eps }: Profile): number {
  const place = (customer + new Stream(seed, 'registration', customer).uniform()) / customers;
  const mean = (1 + eps) / 2;
  // Beyond 1 the distribution goes on as a straight line of the slope that it has at 1.
  if (place >= 1) return historyDays * (1 + (place - 1) * mean);
  if (eps === 1) return historyDays * place;
  // eps x + (1 - eps) x^2 / 2 = place x mean, for x = t/D.
  const a = (1 - eps) / 2;
  return historyDays * ((Math.sqrt(eps * eps + 4 * a * place * mean) - eps) / (2 * a));
}
