import { Zone } from '#clock';
import { roomQueries } from '#contracts';
import { describe, expect, it } from 'vitest';
import { liveGrain, livePeriod } from './live-period.js';

const london = new Zone('Europe/London');
const query = (period: string) => roomQueries.series.parse({ period });
const at = (text: string): number => Date.parse(text);
const texts = (period: string, clock: string, zone = london) => {
  const { range, before } = livePeriod(query(period), at(clock), zone);
  return [range.from, range.to, before?.from, before?.to].map((each) => new Date(each ?? 0).toISOString().replace('.000Z', 'Z'));
};

describe('a period on the shop clock', () => {
  it('today is the local day so far, against yesterday up to the same local time in whole slices', () => {
    expect(texts('today', '2024-01-10T14:33:37.500Z')).toEqual([
      '2024-01-10T00:00:00Z',
      '2024-01-11T00:00:00Z',
      '2024-01-09T00:00:00Z',
      '2024-01-09T14:33:35Z',
    ]);
    // 23:30 UTC in June is the next day in London.
    expect(texts('today', '2024-06-10T23:30:00Z')).toEqual([
      '2024-06-10T23:00:00Z',
      '2024-06-11T23:00:00Z',
      '2024-06-09T23:00:00Z',
      '2024-06-09T23:30:00Z',
    ]);
  });

  it('the day after clocks went forward is compared at the same local time, not 24 hours before', () => {
    expect(texts('today', '2024-04-01T11:00:00Z')).toEqual([
      '2024-03-31T23:00:00Z',
      '2024-04-01T23:00:00Z',
      '2024-03-31T00:00:00Z',
      '2024-03-31T11:00:00Z',
    ]);
    expect(texts('today', '2024-03-31T11:00:00Z')[3]).toBe('2024-03-30T12:00:00Z');
  });

  it('seven days end with today, and the seven before end at the same local time', () => {
    expect(texts('last-7-days', '2024-01-10T12:00:00Z')).toEqual([
      '2024-01-04T00:00:00Z',
      '2024-01-11T00:00:00Z',
      '2023-12-28T00:00:00Z',
      '2024-01-03T12:00:00Z',
    ]);
  });

  it('at midnight nothing of yesterday has passed', () => {
    expect(texts('today', '2024-01-10T00:00:02Z').slice(2)).toEqual(['2024-01-09T00:00:00Z', '2024-01-09T00:00:00Z']);
  });

  it('is everything for all, and while the shop has no time', () => {
    expect(livePeriod(query('all'), at('2024-01-10T00:00:00Z'), london)).toEqual({ range: { from: null, to: null }, before: undefined });
    expect(livePeriod(query('today'), null, london).range).toEqual({ from: null, to: null });
  });

  it.each([
    ['today', 'hour'],
    ['last-7-days', 'hour'],
    ['last-30-days', 'day'],
    ['last-365-days', 'week'],
    ['all', 'month'],
  ])('%s is looked at by %s', (period, grain) => {
    expect(liveGrain(query(period), livePeriod(query(period), at('2024-01-10T12:00:00Z'), london).range)).toBe(grain);
  });

  it('without a clock is looked at by month, whatever was asked for a day; everything is looked at as asked', () => {
    const asked = (period: string, clock: number | null) => {
      const by = roomQueries.series.parse({ period, grain: 'hour' });
      return liveGrain(by, livePeriod(by, clock, london).range);
    };
    expect(asked('today', null)).toBe('month');
    expect(asked('today', at('2024-01-10T12:00:00Z'))).toBe('hour');
    expect(asked('all', null)).toBe('hour');
  });
});
