import { defineSlice } from '#config';
import { z } from 'zod';
import { faultNames, faultRates, type FaultRates } from './faults/fault-rates.js';
import { dateText, dayOf, worldEnd, worldStart } from './law/calendar.js';
import { profileNames } from './law/profiles.js';

/** `late=0.05,duplicates=0.01` as rates by name. */
function ratesIn(text: string, context: z.RefinementCtx): FaultRates {
  const pairs = text.split(',').map((pair) => pair.split('=').map((part) => part.trim()));
  try {
    return faultRates(Object.fromEntries(pairs.map(([name, rate]) => [name ?? '', rate ? Number(rate) : Number.NaN])));
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
}

const day = (instant: number): string => dateText(dayOf(instant));

/** Which world runs, how fast, and how far. */
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
  TIDELINE_SIMULATOR_UNTIL: z
    .union([z.iso.date(), z.iso.datetime()], 'must be a day such as 2026-01-01, or an instant in UTC')
    .transform((text) => Date.parse(text))
    .refine((instant) => instant > worldStart, `must be later than ${day(worldStart)}, where the world begins`)
    .optional()
    .describe(`Day or instant (UTC) at which shop time stands still; ${day(worldEnd)} is the history alone. Unset: it goes on.`),
  TIDELINE_SIMULATOR_FAULTS: z
    .string()
    .transform(ratesIn)
    .optional()
    .describe(`What goes wrong on the way, as shares from 0 to 1: late=0.05,duplicates=0.01. Names: ${faultNames.join(', ')}.`),
});
