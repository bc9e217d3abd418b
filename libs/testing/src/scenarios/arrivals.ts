import { rewritten, type TestMessage } from '../builders/index.js';
import { Random } from './random.js';

export interface ArrivalOptions {
  /** Share of messages that come a second time, some of them in other bytes of the same meaning. Default 0. */
  readonly duplicate?: number;
  /** All in another order. Default: as they are, each second copy somewhere after its first. */
  readonly shuffle?: boolean;
}

/**
 * Another way in which the same messages may arrive; no figure may depend on it. Same seed, same arrivals.
 * A message rewritten in other bytes counts as the same event, but as a message of its own: fold what this returns when
 * verdicts are compared.
 */
export function arrivals(
  seed: number,
  messages: readonly TestMessage[],
  { duplicate = 0, shuffle = false }: ArrivalOptions,
): TestMessage[] {
  const random = new Random(seed);
  const placed = messages.map((message, index) => ({ message, place: index }));
  for (const { message, place } of [...placed]) {
    if (random.chance(duplicate))
      placed.push({ message: secondCopy(random, message), place: place + random.next() * (messages.length - place) });
  }
  const inOrder = placed.sort((a, b) => a.place - b.place).map(({ message }) => message);
  return shuffle ? random.shuffled(inOrder) : inOrder;
}

function secondCopy(random: Random, message: TestMessage): TestMessage {
  if (random.chance(0.5)) return message;
  try {
    return rewritten(message);
  } catch {
    // What is no JSON has one form only.
    return message;
  }
}
