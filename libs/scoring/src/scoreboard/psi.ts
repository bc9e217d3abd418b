import type { Distribution, DriftState } from '#contracts';

/** A share below this is taken as this: the logarithm of nothing says nothing. */
const leastShare = 1e-4;

/** Where a value lies among ascending edges: bin i is (edge before, edge i]. */
export function binOf(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Population stability index: sum of (a - e) ln(a / e) over the bins, what is missing being one of them. It is the symmetric
 * Kullback-Leibler divergence of the two distributions (Jeffreys 1946); the limits are those of credit scoring (Siddiqi, Credit Risk Scorecards, 2006).
 * @param expected shares that sum to 1
 * @param counts of the same bins
 */
export function psi(expected: readonly number[], counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  return expected.reduce((sum, share, bin) => {
    const [e, a] = [Math.max(share, leastShare), Math.max((counts[bin] ?? 0) / total, leastShare)];
    return sum + (a - e) * Math.log(a / e);
  }, 0);
}

/** Shares of all bins, what is missing last. */
export const sharesOf = ({ shares, missing }: Distribution): number[] => [...shares, missing];

/** In words. @param group of the feature: the season is another one at each instant, and no drift */
export function driftStateOf(value: number, group?: string): DriftState {
  if (group === 'season') return 'calendar';
  return value < 0.1 ? 'stable' : value <= 0.25 ? 'moved' : 'moved-much';
}
