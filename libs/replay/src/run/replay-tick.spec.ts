import { clockTicked } from '#contracts';
import { describe, expect, it } from 'vitest';
import { reachedBy, tickMessage } from './replay-tick.js';

const plan = { startsAt: 100, endsAt: 1_000 };
const rows = (...ats: number[]): { at: number }[] => ats.map((at) => ({ at }));

describe('the instant that a tick may name', () => {
  it('is when the messages were due, once all of them are there', () => {
    expect(reachedBy(rows(150, 200), { at: 300 }, 250, plan)).toBe(250);
    expect(reachedBy([], { at: 300 }, 250, plan)).toBe(250);
    expect(reachedBy([], undefined, 250, plan)).toBe(250);
  });

  it('is that of the last message while more are due, and none where the next one was known at the same instant', () => {
    expect(reachedBy(rows(150, 200), { at: 201 }, 900, plan)).toBe(200);
    expect(reachedBy(rows(150, 200), { at: 200 }, 900, plan)).toBeNull();
    expect(reachedBy([], { at: 200 }, 900, plan)).toBeNull();
  });

  it('is never one before the first message that has a time, nor the end, which is looked at apart', () => {
    expect(reachedBy(rows(0, 0), { at: 150 }, Infinity, plan)).toBeNull();
    expect(reachedBy(rows(150), undefined, Infinity, plan)).toBeNull();
    expect(reachedBy(rows(150, 1_000), { at: 1_001 }, Infinity, plan)).toBeNull();
    expect(reachedBy(rows(150, 1_200), { at: 1_300 }, Infinity, plan)).toBeNull();
  });

  it('is none where the source has no time', () => {
    expect(reachedBy(rows(150), { at: 300 }, 250, { startsAt: 100, endsAt: null })).toBeNull();
  });
});

it('is a tick by its contract, of the sandbox', () => {
  const value = tickMessage({ shop: 'again' }, 'live', Date.parse('2024-01-02T03:04:05.678Z'), 60, new Map([['transactions.v1/3', 7n]]));
  const event = clockTicked.parse(JSON.parse(value.toString()));
  expect(event.data).toEqual({ now: '2024-01-02T03:04:05.678Z', speed: 60, offsets: { 'again.transactions.v1-3': '7' } });
  expect([event.source, event.recordedtime]).toEqual(['/tideline/replay/live', '2024-01-02T03:04:05.678Z']);
});
