import { altered, type TestMessage } from '../builders/index.js';
import { foldOracle, type OracleShop } from '../oracle/index.js';

/** When the first of the messages is known: after everything that the scenarios tell of. */
export const knownFrom = Date.parse('2024-01-11T00:00:00Z');
/** Messages that are known at one instant. */
const together = 3;

/**
 * The same messages, each known to the shop a little after the one before, some of them at one instant: what the shop knew at any moment
 * is then a part of them. What must not count stays as it is.
 * @param stepMs from one instant to the next
 */
export function knownInTurn(messages: readonly TestMessage[], shop: OracleShop, stepMs: number): TestMessage[] {
  const { verdicts } = foldOracle(messages, shop);
  return messages.map((message, index) => {
    if (!verdicts[index]?.accepted) return message;
    const at = new Date(knownFrom + Math.floor(index / together) * stepMs).toISOString();
    return altered(message, (event) => (event['recordedtime'] = at));
  });
}

/** When a message was known, Unix milliseconds; one whose envelope cannot be read lies before all others. */
export function knownAt({ value }: TestMessage): number {
  try {
    return Date.parse((JSON.parse(value) as { recordedtime?: string }).recordedtime ?? '') || -Infinity;
  } catch {
    return -Infinity;
  }
}
