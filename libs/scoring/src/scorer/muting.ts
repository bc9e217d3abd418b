import type { Planned } from './batch.js';
import type { Turn } from './turns.js';

/**
 * An event that the shop says to have known so long before the clock at which the scorer last saw the ledger's end is history that is told
 * now: an import, a source that sends its past. What comes later than it was known for another reason (a broker that was away) is less.
 */
export const historyMs = 24 * 3_600_000;

export interface Muting {
  /** Whether the shop's clock is its data: whatever comes is history. */
  readonly allMuted: boolean;
  /** The shop's clock at which the scorer last saw the ledger's end, Unix milliseconds. */
  readonly clock: number;
  readonly turns: ReadonlyMap<string, readonly Turn[]>;
  /** Customers who are looked at because a history came in. */
  readonly looked: readonly string[];
}

/**
 * Which decisions are told to nobody: those of a first look, those that an event of a history brings about, and those of silences that lay
 * in the past when the history told of them. A silence that is yet to come, and every later event, is told of as ever.
 */
export function mutingOf({ allMuted, clock, turns, looked }: Muting): (customerId: string, visit: Planned) => boolean {
  const isHistory = ({ recordedTime }: Turn['row']): boolean => recordedTime < clock - historyMs;
  const touched = new Set([...turns].flatMap(([customerId, own]) => (own.some(({ row }) => isHistory(row)) ? [customerId] : [])));
  const lookedAt = new Set(looked);
  return (customerId, { at, cause, row }) => {
    if (allMuted || cause === 'first' || lookedAt.has(customerId)) return true;
    return row ? isHistory(row) : at <= (touched.has(customerId) ? clock : clock - historyMs);
  };
}
