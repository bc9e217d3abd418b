import { defineSlice } from '#config';
import { z } from 'zod';
import { profileNames } from './law/profiles.js';

/** Which world runs, and how fast. */
export const simulationConfig = defineSlice('simulation', {
  TIDELINE_SIMULATOR_PROFILE: z.enum(profileNames).default('seed').describe('The simulated shop: seed, rich (real repeat rates) or load.'),
  TIDELINE_SIMULATOR_SEED: z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Another seed is another world of the same law. Unset: that of the profile.'),
  TIDELINE_SIMULATOR_SPEED: z.coerce
    .number()
    .positive()
    .max(1_000_000)
    .default(1_440)
    .describe('Shop seconds per real second once the history is sent; 1440 is a day a minute.'),
});
