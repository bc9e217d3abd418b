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

  // As the engine has them: answers.int-spec.ts holds both against one another.
  it.each([
    ['America/Caracas', '2016-05-01T05:30Z', '2016-05-02T05:00Z', ['05:30', '06:30', '07:30'], ['02:30', '03:30', '04:00', '05:00']],
    ['Australia/Lord_Howe', '2024-10-05T13:30Z', '2024-10-06T14:00Z', ['13:30', '14:30', '15:30'], ['11:30', '12:30', '13:00', '14:00']],
    ['Australia/Lord_Howe', '2024-04-06T13:00Z', '2024-04-07T14:30Z', ['13:00', '14:00', '15:00'], ['12:00', '13:00', '13:30', '14:30']],
    ['Asia/Pyongyang', '2015-08-14T13:00Z', '2015-08-14T16:30Z', ['13:00', '14:00', '15:00'], ['14:00', '15:00', '15:30', '16:30']],
  ])('counts the hours of %s from midnight through a day with a part of an hour, from %s', (name, from, to, first, last) => {
    const zone = new Zone(name);
    const starts: number[] = [];
    for (let start = at(from); start <= at(to); start = zone.next(start, 'hour')) starts.push(start);
    const times = starts.map((start) => iso(start).slice(11, 16));
    expect([times.slice(0, 3), times.slice(-4)]).toEqual([first, last]);
    for (let instant = at(from); instant < at(to); instant += 300_000)
      expect(zone.floor(instant, 'hour')).toBe(starts.findLast((start) => start <= instant));
  });

  it('steps on where a date begins twice', () => {
    const zone = new Zone('Antarctica/Casey');
    // From 02:00 on 5 March back to 23:00 on the 4th.
    expect(iso(zone.next(at('2010-03-04T15:00:00Z'), 'hour'))).toBe('2010-03-04T16:00:00.000Z');
  });

  it('starts a day at its first instant where midnight does not exist', () => {
    const zone = new Zone('America/Sao_Paulo');
    expect(iso(zone.startOfDate('2018-11-04'))).toBe('2018-11-04T03:00:00.000Z');
  });

  it('refuses a name that is no zone', () => {
    expect(() => new Zone('Mars/Olympus')).toThrow(RangeError);
  });
});
