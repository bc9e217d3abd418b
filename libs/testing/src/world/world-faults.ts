import type { WorldEvent } from '#simulation';
import type { StoredMessage } from './stored-messages.js';

/** How topics differ from what a world sends up to an instant. Each fault names the topic and the event's id. */
export interface WorldFaults {
  /** Events of the world that the topics lack: a gap. */
  readonly missing: readonly string[];
  /** Events on the topics that are not the world's: a fork. */
  readonly foreign: readonly string[];
  /** Events that stand there with other bytes than the world's. */
  readonly altered: readonly string[];
  /** Ticks whose time lies before that of the tick before them. */
  readonly ticksBack: readonly string[];
  /** How many messages are the same as an earlier one, byte for byte: allowed. */
  readonly repeated: number;
}

/**
 * Compares what stands on the topics with the world that should have sent it.
 * @param world its events from the beginning on, in order
 * @param through instant up to which everything must be there, and beyond which nothing is asked for; Unix milliseconds
 */
export function worldFaults(stored: readonly StoredMessage[], world: Iterable<WorldEvent>, through: number): WorldFaults {
  const expected = new Map<string, string>();
  for (const { at, topic, value } of world) {
    if (at > through) break;
    expected.set(`${topic} ${headOf(value).id}`, value);
  }
  const found = new Set<string>();
  const foreign: string[] = [];
  const altered: string[] = [];
  let repeated = 0;
  for (const { topic, value } of stored) {
    if (topic === 'clock.v1') continue;
    const { id, recordedtime } = headOf(value);
    const name = `${topic} ${id}`;
    const wanted = expected.get(name);
    if (wanted === undefined) {
      // One without a time is foreign too.
      if (!(Date.parse(recordedtime) > through)) foreign.push(name);
    } else if (wanted !== value) altered.push(name);
    else if (found.has(name)) repeated += 1;
    else found.add(name);
  }
  return { missing: [...expected.keys()].filter((name) => !found.has(name)), foreign, altered, ticksBack: ticksBack(stored), repeated };
}

function ticksBack(stored: readonly StoredMessage[]): string[] {
  const ticks = ticksIn(stored);
  return ticks.filter((at, index) => at < (ticks[index - 1] ?? at)).map((at) => new Date(at).toISOString());
}

/** The instants that the ticks on the clock's topic say, in its order; Unix milliseconds. */
export function ticksIn(stored: readonly StoredMessage[]): number[] {
  return stored.filter(({ topic }) => topic === 'clock.v1').map(({ value }) => Date.parse(headOf(value).time));
}

function headOf(value: string): { id: string; time: string; recordedtime: string } {
  return JSON.parse(value) as { id: string; time: string; recordedtime: string };
}
