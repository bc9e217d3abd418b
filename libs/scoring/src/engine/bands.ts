/** Bands of the probability of no order in the horizon, from the lowest up; each begins at `from` and ends where the next begins. */
export const churnBands = [
  { band: 'low', from: 0 },
  { band: 'medium', from: 0.4 },
  { band: 'high', from: 0.7 },
] as const;

export type Band = (typeof churnBands)[number]['band'];

/** The band of a probability in 0..1. Throws RangeError for what is none: a score that was refused has no band. */
export function bandOf(probability: number): Band {
  const found = churnBands.findLast(({ from }) => probability >= from);
  if (!found || probability > 1) throw new RangeError(`No band for the probability ${probability}.`);
  return found.band;
}
