import { setTimeout as sleep } from 'node:timers/promises';

/** Nest token of the clock that the pace goes by. */
export const REAL_CLOCK = Symbol('REAL_CLOCK');

/** Real time, given in from outside so that a test can turn it. */
export interface RealClock {
  /** Milliseconds from any beginning; never goes back. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal comes. Never throws. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The machine's monotonic clock. */
export const systemClock: RealClock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  },
};
