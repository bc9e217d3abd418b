/** Where a consumer stands in one assigned partition. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the next message its owner has not taken. */
  readonly expected: bigint;
  /** `expected` at the time a fetch came from elsewhere and was asked for again. */
  readonly sought: bigint | undefined;
  /** Whether a fetch has begun here since its owner said where to go on: none that was asked for before is under way any more. */
  readonly reached: boolean;
}

export interface Fetched {
  /** The offset that was asked for. */
  readonly from: bigint;
  /** The last offset the fetch covers, control records included. */
  readonly last: bigint;
}

/**
 * What a fetch is to a place. kafkajs applies a seek lazily and resets an offset the broker does not have, so a fetch may
 * come from anywhere:
 * - `next`: it begins where the place stands;
 * - `reset`: it lies before a place that was reached, so the broker did not have the place's offset for a moment: it may be another topic of
 *   the same name, and the owner has to be asked, though the offset may lie within it by now;
 * - `elsewhere`: for the first time, so it is dropped and asked for again;
 * - `again-elsewhere`: once more, so the broker has to be asked what it holds.
 */
export function classify(place: Place, fetched: Fetched): 'next' | 'reset' | 'elsewhere' | 'again-elsewhere' {
  if (fetched.from === place.expected) return 'next';
  if (place.reached && fetched.from < place.expected) return 'reset';
  return place.sought === place.expected ? 'again-elsewhere' : 'elsewhere';
}

/**
 * What to do about a second fetch from elsewhere, given the broker's bounds:
 * - `ask`: the broker does not have the place's offset; its owner says where to go on;
 * - `skip`: it has nothing between the two offsets but control records or aborted messages;
 * - `seek`: it has the offset, ask for it again.
 */
export function judgeElsewhere(
  place: Place,
  fetched: Fetched,
  bounds: { readonly start: bigint; readonly end: bigint },
): 'ask' | 'skip' | 'seek' {
  if (place.expected < bounds.start || place.expected > bounds.end) return 'ask';
  return fetched.from > place.expected ? 'skip' : 'seek';
}

/** The place after everything up to `last` was taken. */
export function advanced(place: Place, last: bigint): Place {
  return { ...place, expected: last + 1n, sought: undefined, reached: true };
}

/**
 * The place after kafkajs passed over a fetch that held nothing to hand out. Unchanged unless that fetch holds the
 * place's next offset: one from elsewhere says nothing about it.
 */
export function passedOver(place: Place, first: bigint, last: bigint): Place {
  return first <= place.expected && place.expected <= last ? advanced(place, last) : place;
}

const backoffMs = [100, 250, 500, 1_000, 2_000, 5_000] as const;

/** Milliseconds to wait before the next attempt; `attempt` counts from 0. */
export function backoff(attempt: number): number {
  return backoffMs[Math.min(attempt, backoffMs.length - 1)] ?? 5_000;
}
