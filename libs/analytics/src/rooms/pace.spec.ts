import { describe, expect, it } from 'vitest';
import { Arrivals, recordedSince, shopTimeOf, type ShopTime } from './pace.js';

const real = Date.parse('2026-03-01T12:00:00Z');
const second = real / 1_000;
/** A shop day a real minute, which stands at the end of its history. */
const fast: ShopTime = { now: Date.parse('2026-01-01T00:00:00Z'), speed: 1_440 };
const hour = 3_600_000;

interface Came {
  readonly second: number;
  readonly recorded: number;
}
let orders = 0;
const ordersOf = (came: readonly Came[]) => came.map((each) => ({ order: `order-${(orders += 1)}`, ...each }));
const counted = (came: readonly Came[], time: ShopTime | null): number | null =>
  (time === null ? new Arrivals() : new Arrivals().add(ordersOf(came), time, real)).perRealMinute(time, real);

describe('orders per real minute', () => {
  it('leaves out a history that arrives within a minute', () => {
    const history = Array.from({ length: 20_000 }, (_, index) => ({ second: second - 5, recorded: fast.now - index * hour }));
    // Of these only the last shop day is what a real minute of this shop brings.
    expect(counted(history, fast)).toBe(25);
  });

  it('leaves out what was recorded in time and arrived before', () => {
    expect(
      counted(
        [
          { second: second - 59, recorded: fast.now - hour },
          { second: second - 61, recorded: fast.now - hour },
        ],
        fast,
      ),
    ).toBe(1);
  });

  it('counts what is a moment ahead of the clock', () => {
    expect(counted([{ second, recorded: fast.now + hour }], fast)).toBe(1);
  });

  it('is not known while the shop has no time of its own, and zero when nothing comes', () => {
    expect(counted([{ second, recorded: fast.now }], null)).toBeNull();
    expect(counted([], fast)).toBe(0);
  });

  it('forgets with real time while the shop stands still, and with shop time while it moves', () => {
    const count = (time: ShopTime, at: number): number | null =>
      new Arrivals().add(ordersOf([{ second, recorded: fast.now }]), fast, real).perRealMinute(time, at);
    expect([count(fast, real + 60_000), count(fast, real + 61_000)]).toEqual([1, 0]);
    const moved = (hours: number): ShopTime => ({ ...fast, now: fast.now + hours * hour });
    expect([count(moved(24), real), count(moved(25), real)]).toEqual([1, 0]);
  });

  it('counts an order once that is delivered again or placed as a later revision, by its newest arrival', () => {
    const arrivals = new Arrivals().add([{ order: 'a', second: second - 50, recorded: fast.now }], fast, real);
    arrivals.add([{ order: 'a', second: second - 10, recorded: fast.now + hour }], fast, real);
    arrivals.add([{ order: 'a', second: second - 30, recorded: fast.now }], fast, real);
    // A copy of the first revision that the shop has known for days says nothing of now.
    arrivals.add([{ order: 'a', second, recorded: fast.now - 72 * hour }], fast, real);
    expect([0, 49_000, 51_000].map((ms) => arrivals.perRealMinute(fast, real + ms))).toEqual([1, 1, 0]);
  });

  it('keeps no more than its window', () => {
    const kept = new Arrivals();
    for (let at = 0; at < 600; at += 1) {
      const now = real + at * 1_000;
      const came = [0, ...Array<number>(9).fill(20)].map((before) => ({ second: second + at, recorded: now - before }));
      kept.add(ordersOf(came), { now, speed: 1 }, now);
    }
    // Of the window's first second only what was recorded in it.
    const end = real + 599_000;
    expect([kept.size, kept.perRealMinute({ now: end, speed: 1 }, end)]).toEqual([60 * 10 + 1, 60 * 10 + 1]);
  });
});

it('a source has the time that its tick told; the others live in real time', () => {
  expect(shopTimeOf('source', null, 1_440, real)).toBeNull();
  expect(shopTimeOf('source', '2026-01-01T00:00:00Z', null, real)).toBeNull();
  expect(shopTimeOf('source', '2026-01-01T00:00:00Z', 1_440, real)).toEqual(fast);
  for (const mode of ['wall', 'data'] as const)
    expect(shopTimeOf(mode, '2011-12-09T12:50:00Z', null, real)).toEqual({ now: real, speed: 1 });
  expect(recordedSince(fast)).toBe(fast.now - 24 * hour);
});
