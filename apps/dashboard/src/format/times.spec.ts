import { describe, expect, it } from 'vitest';
import { ageText, bucketText, feedTimeText, instantText, spanText, zoneText } from './times.js';

const london = 'Europe/London';

describe('instants', () => {
  it('stand in the zone of the shop', () => {
    expect(instantText('2011-07-09T12:50:00Z', london)).toBe('9 Jul 2011, 13:50:00');
    expect(instantText('2011-12-09T00:00:00Z', london)).toBe('9 Dec 2011, 00:00:00');
  });

  it('have their day in the feed when it is another day of the shop', () => {
    // 23:30 UTC in summer is the next day in London.
    expect(feedTimeText('2011-07-09T23:30:00Z', london, '2011-07-10T08:00:00Z')).toBe('00:30:00');
    expect(feedTimeText('2011-07-09T22:30:00Z', london, '2011-07-10T08:00:00Z')).toBe('9 Jul 23:30');
  });

  it('in a zone that is not known read as UTC, and say so', () => {
    expect(instantText('2011-07-09T12:50:00Z', 'Mars/Olympus')).toBe('9 Jul 2011, 12:50:00');
    expect(zoneText('Mars/Olympus')).toContain('does not know Mars/Olympus');
    expect(zoneText(london)).toBe(london);
  });
});

describe('spans', () => {
  it('of whole days end on their last day, over a change of the clocks too', () => {
    expect(spanText('2011-03-26T00:00:00Z', '2011-03-27T23:00:00Z', london)).toBe('26 Mar 2011 – 27 Mar 2011');
    expect(spanText('2011-07-08T23:00:00Z', '2011-07-09T23:00:00Z', london)).toBe('9 Jul 2011');
  });

  it('of a day so far have their times', () => {
    expect(spanText('2011-12-09T00:00:00Z', '2011-12-09T12:50:00Z', london)).toBe('9 Dec 2011, 00:00 – 12:50');
    expect(spanText('2011-12-08T00:00:00Z', '2011-12-09T12:50:00Z', london)).toBe('8 Dec 2011, 00:00 – 9 Dec 2011, 12:50');
    expect(spanText('2011-12-09T00:00:00Z', '2011-12-09T00:00:00Z', london)).toBe('9 Dec 2011, 00:00 – 00:00');
    expect(spanText(null, null, london)).toBe('the whole history');
  });
});

it('buckets are as short as their grain', () => {
  const texts = ['minute', 'hour', 'day', 'week', 'month'].map((grain) => bucketText('2011-12-05T09:00:00Z', london, grain));
  expect(texts).toEqual(['09:00', '5 Dec, 09:00', '5 Dec 2011', '5 Dec 2011', 'Dec 2011']);
});

it('ages are coarse', () => {
  expect([-50, 999, 8_400, 200_000, 7_300_000, 500_000_000].map(ageText)).toEqual(['0 s', '0 s', '8 s', '3 min', '2 h', '5 d']);
});
