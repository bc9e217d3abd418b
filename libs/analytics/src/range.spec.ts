import { Zone } from '#clock';
import { describe, expect, it } from 'vitest';
import { decompose, endsOn, rangeOf } from './range.js';

const london = new Zone('Europe/London');
const at = (text: string): number => Date.parse(text);
const spans = (from: string, to: string, finest: 'slice' | 'hour' | 'day' = 'slice'): string[] =>
  decompose(at(from), at(to), london, finest).map(
    ({ grain, from: start, to: end }) =>
      `${grain} ${new Date(start).toISOString().slice(0, 19)} ${new Date(end).toISOString().slice(0, 19)}`,
  );

describe('a range is covered without a hole or an overlap', () => {
  it('by months where it can, by finer buckets at its edges', () => {
    expect(spans('2011-02-27T22:59:55Z', '2011-05-01T23:00:00Z')).toEqual([
      'slice 2011-02-27T22:59:55 2011-02-27T23:00:00',
      'hour 2011-02-27T23:00:00 2011-02-28T00:00:00',
      'day 2011-02-28T00:00:00 2011-03-01T00:00:00',
      'month 2011-03-01T00:00:00 2011-04-30T23:00:00',
      'day 2011-04-30T23:00:00 2011-05-01T23:00:00',
    ]);
  });

  it('whatever its ends', () => {
    for (let round = 0; round < 500; round += 1) {
      const from = at('2011-01-01T00:00:00Z') + ((round * 7_919_331_000) % 20_000_000_000);
      const to = from + 5_000 * (1 + ((round * 104_729) % 3_000_000));
      const aligned = [Math.floor(from / 5_000) * 5_000, Math.floor(to / 5_000) * 5_000] as const;
      const parts = decompose(...aligned, london, 'slice');
      expect(parts[0]?.from).toBe(aligned[0]);
      expect(parts[parts.length - 1]?.to).toBe(aligned[1]);
      for (const [index, part] of parts.entries()) {
        if (index > 0) expect(part.from).toBe(parts[index - 1]?.to);
        if (part.grain === 'hour' || part.grain === 'day') expect(endsOn(part.grain, part.from, part.to, london)).toBe(true);
      }
    }
  });
});

describe('a range that is none', () => {
  it('is refused in words', () => {
    expect(() => rangeOf({ from: '2011-01-02', to: '2011-01-01' }, london)).toThrow(/is not before/);
    expect(() => rangeOf({ from: '2011-01-01T00:00:01Z' }, london)).toThrow(/multiple of 5 seconds/);
  });
  it('and dates are starts of local days', () => {
    expect(rangeOf({ from: '2011-07-01' }, london)).toEqual({ from: at('2011-06-30T23:00:00Z'), to: null });
  });
});
