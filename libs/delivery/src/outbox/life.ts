import type { DeliveryState, DeliveryStep } from '#contracts';
import type { StandingDelivery } from '#warehouse';

type LaterStep = Exclude<DeliveryStep, 'created'>;

/** The life of a delivery: for each state and step the state after it, null where there is no such step. `docs/channels.md` shows it. */
export const deliveryLife: Readonly<Record<DeliveryState, Readonly<Record<LaterStep, DeliveryState | null>>>> = {
  waiting: { delivered: 'delivered', failed: 'waiting', dead: 'dead', redriven: null },
  delivered: { delivered: null, failed: null, dead: null, redriven: null },
  dead: { delivered: null, failed: null, dead: null, redriven: 'waiting' },
};

/** What came of an attempt. */
export type Outcome =
  | { readonly taken: true; readonly detail: string }
  | {
      readonly taken: false;
      readonly detail: string;
      /** What the receiver asks for: not before so many milliseconds. */
      readonly retryAfterMs?: number;
    };

const firstMs = 1_000;
const longestMs = 15 * 60_000;
/** After so long, or so many attempts, nobody waits for it any more. */
export const patienceMs = 24 * 3_600_000;
export const mostAttempts = 200;
/** The longest that a receiver may put an attempt off: whatever it asks for, a delivery is tried again within its day. */
export const longestAskedMs = 3_600_000;

/**
 * How long to wait after an attempt that failed: doubled each time up to a quarter of an hour, of which half is by chance, so that what
 * failed together does not come back together ("equal jitter", M. Brooker, Exponential Backoff And Jitter, AWS 2015).
 * @param attempts made so far, at least 1
 * @param chance in [0, 1)
 */
export function backoffMs(attempts: number, chance: number): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(attempts - 1, 20));
  return Math.round(whole / 2 + (whole / 2) * chance);
}

/** The step that follows from an attempt: delivered, failed with the next attempt's instant, or dead. */
export function afterAttempt(before: StandingDelivery, outcome: Outcome, now: number, chance: number): StandingDelivery {
  const attempts = before.attempts + 1;
  // Clocks of two processes may differ; the steps of one delivery never go back.
  const at = Math.max(now, before.at);
  if (outcome.taken) return step(before, 'delivered', { at, attempts, detail: outcome.detail });
  const nextAt = at + Math.max(backoffMs(attempts, chance), Math.min(outcome.retryAfterMs ?? 0, longestAskedMs));
  // What waited for its hour, or for a channel that was off, has its whole day from the first attempt on.
  const triedSince = before.attempts === 0 ? at : before.triedSince;
  const isOver = attempts >= mostAttempts || nextAt > triedSince + patienceMs;
  return step(before, isOver ? 'dead' : 'failed', { at, attempts, nextAt, triedSince, detail: outcome.detail });
}

/** Nobody can read what it says: it would be no better another time. */
export function unreadable(before: StandingDelivery, why: string, now: number): StandingDelivery {
  return step(before, 'dead', { at: Math.max(now, before.at), detail: why });
}

/** A dead delivery is tried again from now on, as if it were new. */
export function redriven(before: StandingDelivery, by: string, now: number): StandingDelivery {
  const at = Math.max(now, before.at);
  return step(before, 'redriven', { at, by, attempts: 0, nextAt: at, triedSince: at, detail: 'Tried again.' });
}

function step(before: StandingDelivery, what: LaterStep, change: Partial<StandingDelivery>): StandingDelivery {
  const state = deliveryLife[before.state][what];
  if (state === null) throw new RangeError(`A delivery that is ${before.state} cannot be ${what}.`);
  return { ...before, by: '', ...change, what, state, turn: before.turn + 1 };
}

/** Of rows of one delivery the one that says how it stands, as the store has it: what was delivered stays so. */
export function stands(a: StandingDelivery, b: StandingDelivery): StandingDelivery {
  if ((a.state === 'delivered') !== (b.state === 'delivered')) return a.state === 'delivered' ? a : b;
  return b.turn > a.turn || (b.turn === a.turn && b.at > a.at) ? b : a;
}
