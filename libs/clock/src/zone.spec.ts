import { describe, expect, it } from 'vitest';
import { Zone } from './index.js';

const at = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString();

describe('Zone', () => {
  const london = new Zone('Europe/London');

  it('moves a local time that does not exist forward by the gap', () => {
    expect(iso(london.instant(at('2011-03-27T01:30:00Z')))).toBe('2011-03-27T01:30:00.000Z');
    expect(london.text(london.instant(at('2011-03-27T01:30:00Z')), true)).toBe('2011-03-27T02:30');
  });

  it('takes the earlier of a local time that exists twice', () => {
    expect(iso(london.instant(at('2011-10-30T01:30:00Z')))).toBe('2011-10-30T00:30:00.000Z');
  });

  it('knows days of 23 and 25 hours', () => {
    const hours = (date: string): number => (london.next(london.startOfDate(date), 'day') - london.startOfDate(date)) / 3_600_000;
    expect([hours('2011-03-26'), hours('2011-03-27'), hours('2011-10-30')]).toEqual([24, 23, 25]);
  });

  it('starts weeks on Monday and months on the first, in local time', () => {
    expect(iso(london.floor(at('2011-06-01T23:30:00Z'), 'week'))).toBe('2011-05-29T23:00:00.000Z');
    expect(iso(london.floor(at('2011-05-31T23:30:00Z'), 'month'))).toBe('2011-05-31T23:00:00.000Z');
  });

  it('starts hours at the local hour where the offset is not whole', () => {
    expect(iso(new Zone('Asia/Kolkata').floor(at('2020-02-01T00:20:00Z'), 'hour'))).toBe('2020-01-31T23:30:00.000Z');
  });

  it('starts a day at its first instant where midnight does not exist', () => {
    const zone = new Zone('America/Sao_Paulo');
    expect(iso(zone.startOfDate('2018-11-04'))).toBe('2018-11-04T03:00:00.000Z');
  });

  it('refuses a name that is no zone', () => {
    expect(() => new Zone('Mars/Olympus')).toThrow(RangeError);
  });
});
