/**
 * Whether a spec that goes through all of something (every statement of a step, every instant, every seed) does so:
 * `npm run test:thorough`. Else it takes a part, the same on each run.
 */
export const thorough = process.env['TIDELINE_THOROUGH'] === '1';

/** All, or where a spec need not be thorough each `every`-th from the first on. */
export function sampled<T>(all: readonly T[], every: number): T[] {
  return all.filter((_, index) => thorough || index % every === 0);
}
