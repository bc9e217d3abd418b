import { expect, it } from 'vitest';
import { LocalTime } from './index.js';

const iso = (at: number): string => new Date(at).toISOString();
const at = (text: string): number => Date.parse(text);

it('starts hours at the zone’s own, half past in Kolkata', () => {
  expect(iso(new LocalTime('Asia/Kolkata').bucketStart('hour', at('2024-01-10T10:10:00Z')))).toBe('2024-01-10T09:30:00.000Z');
});

it('keeps the two hours of the night on which the clocks go back apart', () => {
  const time = new LocalTime('Europe/London');
  expect(iso(time.bucketStart('hour', at('2023-10-29T00:30:00Z')))).toBe('2023-10-29T00:00:00.000Z');
  expect(iso(time.bucketStart('hour', at('2023-10-29T01:30:00Z')))).toBe('2023-10-29T01:00:00.000Z');
  expect(time.wallClock(at('2023-10-29T00:30:00Z'))).toBe(time.wallClock(at('2023-10-29T01:30:00Z')));
});

it('has days of 23 and 25 hours', () => {
  const time = new LocalTime('America/New_York');
  const hours = (date: string): number => (time.nextBucket('day', time.startOfDate(date)) - time.startOfDate(date)) / 3_600_000;
  expect([hours('2023-03-12'), hours('2023-11-05'), hours('2023-11-06')]).toEqual([23, 25, 24]);
});

it('starts a day that has no midnight at one o’clock, and one after a repeated hour at its only midnight', () => {
  const asuncion = new LocalTime('America/Asuncion');
  expect(iso(asuncion.startOfDate('2023-10-01'))).toBe('2023-10-01T04:00:00.000Z');
  expect(asuncion.wallClock(asuncion.startOfDate('2023-10-01'))).toBe('2023-10-01T01:00');
  // On 26 March 2023 midnight became 23:00 once more.
  expect(iso(asuncion.startOfDate('2023-03-26'))).toBe('2023-03-26T04:00:00.000Z');
});

it('starts weeks on Monday and months on the first, in the zone', () => {
  const time = new LocalTime('Europe/London');
  expect(iso(time.bucketStart('week', at('2024-04-07T22:59:59Z')))).toBe('2024-03-31T23:00:00.000Z');
  expect(iso(time.bucketStart('week', at('2024-04-07T23:00:00Z')))).toBe('2024-04-07T23:00:00.000Z');
  expect(iso(time.bucketStart('month', at('2024-03-31T23:00:00Z')))).toBe('2024-03-31T23:00:00.000Z');
  expect(time.monthOf(at('2024-03-31T22:59:59.999Z'))).toBe('2024-03-01');
});

it('cuts slices of five seconds', () => {
  expect(iso(new LocalTime('UTC').bucketStart('slice', at('2024-01-01T00:00:09.999Z')))).toBe('2024-01-01T00:00:05.000Z');
});
