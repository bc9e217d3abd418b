import { studentQuantile } from './student.js';

/** A sample by its size, mean and sample variance. */
export interface Sample {
  readonly size: number;
  readonly mean: number;
  readonly variance: number;
}

export interface Interval {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Interval of the difference of two means whose variances need not be equal, by Welch's t with the degrees of freedom of Welch and
 * Satterthwaite.
 * @param p what lies outside of it, 0.05 for 95 %
 * @returns `one` minus `other`, in their unit. Both samples need two members at least
 * @see B. L. Welch, The generalization of Student's problem when several different population variances are involved, Biometrika 34, 1947
 */
export function welchInterval(one: Sample, other: Sample, p = 0.05): Interval {
  const [u, v] = [one.variance / one.size, other.variance / other.size];
  const difference = one.mean - other.mean;
  // Two samples without any spread: there is nothing to be unsure of.
  if (u + v === 0) return { difference, low: difference, high: difference };
  const degrees = (u + v) ** 2 / (u ** 2 / (one.size - 1) + v ** 2 / (other.size - 1));
  const half = studentQuantile(p, degrees) * Math.sqrt(u + v);
  return { difference, low: difference - half, high: difference + half };
}
