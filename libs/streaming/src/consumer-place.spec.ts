import { describe, expect, it } from 'vitest';
import { advanced, backoff, classify, judgeElsewhere, passedOver, type Place } from './consumer-place.js';

const at = (expected: bigint, sought?: bigint, reached = false): Place => ({ topic: 't', partition: 0, expected, sought, reached });

describe('a fetch', () => {
  it('is taken only from where the place stands', () => {
    expect(classify(at(10n), { from: 10n, last: 20n })).toBe('next');
    expect(classify(at(10n), { from: 0n, last: 20n })).toBe('elsewhere');
    expect(classify(at(10n), { from: 11n, last: 20n })).toBe('elsewhere');
  });

  it('from elsewhere for the second time makes the broker be asked, unless the place moved since', () => {
    expect(classify(at(10n, 10n), { from: 12n, last: 20n })).toBe('again-elsewhere');
    expect(classify(at(10n, 9n), { from: 12n, last: 20n })).toBe('elsewhere');
  });

  it('from before a place that was reached says that the client was sent back; before it was reached it may be an old one', () => {
    expect(classify(at(10n, undefined, true), { from: 0n, last: 20n })).toBe('reset');
    expect(classify(at(10n, undefined, true), { from: 12n, last: 20n })).toBe('elsewhere');
    expect(classify(advanced(at(10n), 14n), { from: 10n, last: 14n })).toBe('reset');
  });

  it('above the place skips only what the broker still has', () => {
    const above = { from: 12n, last: 20n };
    expect(judgeElsewhere(at(10n), above, { start: 0n, end: 30n })).toBe('skip');
    expect(judgeElsewhere(at(10n), above, { start: 12n, end: 30n })).toBe('ask');
  });

  it('below the place is sought again while the broker holds it, and asked for when it lost its tail', () => {
    const below = { from: 0n, last: 5n };
    expect(judgeElsewhere(at(10n), below, { start: 0n, end: 10n })).toBe('seek');
    expect(judgeElsewhere(at(10n), below, { start: 0n, end: 9n })).toBe('ask');
  });
});

describe('a place', () => {
  it('moves behind the last offset and forgets what it sought', () => {
    expect(advanced(at(10n, 10n), 14n)).toEqual(at(15n, undefined, true));
  });

  it('passes over control records at its offset, never over a stretch it has not seen', () => {
    expect(passedOver(at(10n), 10n, 11n).expected).toBe(12n);
    expect(passedOver(at(10n), 11n, 12n).expected).toBe(10n);
    expect(passedOver(at(10n), 8n, 9n).expected).toBe(10n);
  });
});

it('waits longer each time, five seconds at most', () => {
  expect([0, 1, 5, 100].map(backoff)).toEqual([100, 250, 5_000, 5_000]);
});
