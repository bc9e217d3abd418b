import { defineSlice, readConfig } from '#config';
import { z } from 'zod';

const thoroughConfig = defineSlice('thorough', {
  TIDELINE_THOROUGH: z.enum(['0', '1']).default('0').describe('1: specs that repeat themselves go through all, not a part of it.'),
});

/**
 * Whether a spec that goes through all of something (every statement of a step, every instant, every seed) does so:
 * `npm run test:thorough`. Else it takes a part, the same on each run.
 */
export const thorough = readConfig([thoroughConfig], undefined, { strict: false }).get(thoroughConfig).TIDELINE_THOROUGH === '1';

/** All, or where a spec need not be thorough each `every`-th from the first on. */
export function sampled<T>(all: readonly T[], every: number): T[] {
  return all.filter((_, index) => thorough || index % every === 0);
}
