import { exp } from '../random/exact-math.js';
import { hours } from './constants.data.js';

const minutes = 1440;

/**
 * Moves the even time of the law to the hours at which people order: the share of a day becomes a second of the UTC day, by
 * the quantile function of the hours in the customer's zone. It never goes back, so a customer's orders keep their order.
 */
export class DayShape {
  /** Share of a day's orders before each minute of the UTC day; 1441 numbers from 0 to 1. */
  readonly #before: number[] = [0];

  /** @param offsetHours local time minus UTC */
  constructor(offsetHours: number) {
    const weights: number[] = [];
    for (let minute = 0; minute < minutes; minute += 1) {
      const local = ((minute + 0.5) / 60 + offsetHours + 24) % 24;
      let weight = 0;
      for (const { mean, sd, weight: share } of hours) {
        // An evening's tail reaches into the next day.
        for (const turn of [-24, 0, 24]) {
          const z = (local + turn - mean) / sd;
          if (z > -6 && z < 6) weight += (share / sd) * exp((-z * z) / 2);
        }
      }
      weights.push(weight);
    }
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    for (const weight of weights) this.#before.push((sum += weight / total));
    this.#before[minutes] = 1;
  }

  /** @param share of the day, in [0, 1) @returns whole second of the UTC day, 0 to 86,399 */
  second(share: number): number {
    let low = 0;
    let high = minutes;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#before[middle] ?? 1) <= share) low = middle;
      else high = middle;
    }
    const from = this.#before[low] ?? 0;
    const to = this.#before[high] ?? 1;
    const inside = to > from ? (share - from) / (to - from) : 0;
    return Math.min(low * 60 + Math.floor(inside * 60), low * 60 + 59);
  }
}
