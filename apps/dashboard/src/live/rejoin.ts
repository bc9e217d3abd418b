import { notReady } from './http.js';

/** Refusals that stay: to ask again would bring the same words, until the page asks for something else or is another. */
const lasting: ReadonlySet<string> = new Set([
  ...['not-signed-in', 'role-too-low', 'shop-unknown', 'room-unknown', 'request-invalid', 'query-invalid', 'too-many-rooms'],
  ...['answer-not-understood', 'range-empty', 'range-not-aligned', 'too-many-points'],
]);

const firstMs = 1_000;
const longestMs = 30_000;

/**
 * How long a room is left alone after a join that failed; null: for good. A shop whose tables are being made is ready within seconds, and
 * to ask costs nothing. A store that is away or busy is asked ever less often.
 * @param failures how many joins of this room had failed before
 */
export function rejoinAfterMs(code: string, failures: number): number | null {
  if (lasting.has(code)) return null;
  return code === notReady ? firstMs : Math.min(firstMs * 2 ** failures, longestMs);
}
