import { expect, it } from 'vitest';
import { dateAfter } from './calendar-date.js';

it.each([
  ['2024-02-28', 1, '2024-02-29'],
  ['2025-12-31', 1, '2026-01-01'],
  ['2026-03-01', -1, '2026-02-28'],
  // Two days on which clocks are put forward, and back: a date has no hours.
  ['2026-03-28', 2, '2026-03-30'],
  ['2026-10-24', 2, '2026-10-26'],
])('%s and %i days is %s', (date, days, after) => {
  expect(dateAfter(date, days)).toBe(after);
});

it('refuses what is no date', () => {
  expect(() => dateAfter('yesterday', 1)).toThrow(RangeError);
});
