import type { StandingDelivery } from '#warehouse';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterAttempt, backoffMs, deliveryLife, longestAskedMs, mostAttempts, patienceMs, redriven, stands } from './life.js';

const now = Date.parse('2026-03-02T12:00:00Z');
const waiting: StandingDelivery = {
  ...{ at: now, id: 'd', turn: 0, what: 'created', state: 'waiting', channel: 'crm', about: 'alert', subject: 'a', step: 'opened' },
  ...{ createdAt: now, triedSince: now, attempts: 0, nextAt: now, digestAt: 0, by: '', detail: '' },
};
const no = { taken: false, detail: '500' } as const;

describe('waiting after an attempt that failed', () => {
  it('doubles from a second to a quarter of an hour, half of it by chance', () => {
    const waits = [1, 2, 3, 10, 11, 500].map((attempts) => [backoffMs(attempts, 0), backoffMs(attempts, 0.999999)]);
    expect(waits).toEqual([
      [500, 1_000],
      [1_000, 2_000],
      [2_000, 4_000],
      [256_000, 512_000],
      [450_000, 900_000],
      [450_000, 900_000],
    ]);
  });

  it('lasts as long as the receiver asks for, where that is longer', () => {
    expect(afterAttempt(waiting, { ...no, retryAfterMs: 60_000 }, now, 0).nextAt).toBe(now + 60_000);
    expect(afterAttempt(waiting, { ...no, retryAfterMs: 10 }, now, 0).nextAt).toBe(now + 500);
    expect(afterAttempt(waiting, { ...no, retryAfterMs: 8e15 }, now, 0)).toMatchObject({ state: 'waiting', nextAt: now + longestAskedMs });
  });
});

describe('a delivery', () => {
  it('is tried for a day at most, then dead, whatever chance says; it survives a receiver that fails for an hour', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (chances) => {
        let each = waiting;
        let afterAnHour = 0;
        for (const chance of chances) {
          each = afterAttempt(each, no, each.nextAt, chance);
          if (each.nextAt < now + 3_600_000) afterAnHour = each.attempts;
          if (each.state !== 'waiting' || each.attempts > 1_000) break;
        }
        expect(each).toMatchObject({ state: 'dead', what: 'dead' });
        expect(each.at - now).toBeLessThanOrEqual(patienceMs);
        expect(each.attempts).toBeLessThanOrEqual(mostAttempts);
        expect(each.attempts).toBeGreaterThan(90);
        expect(afterAnHour).toBeGreaterThan(10);
      }),
      { numRuns: 50 },
    );
  });

  it('is dead after the last attempt, however fast they came', () => {
    expect(afterAttempt({ ...waiting, attempts: mostAttempts - 1 }, no, now, 0)).toMatchObject({ state: 'dead', attempts: mostAttempts });
    expect(afterAttempt({ ...waiting, attempts: mostAttempts - 2 }, no, now, 0)).toMatchObject({
      state: 'waiting',
      what: 'failed',
      turn: 1,
    });
  });

  it('that waited for its hour has its day from the first attempt on', () => {
    const later = now + 2 * patienceMs;
    const first = afterAttempt({ ...waiting, nextAt: later }, no, later, 0);
    expect(first).toMatchObject({ state: 'waiting', triedSince: later });
    expect(afterAttempt(first, no, later + patienceMs, 0).state).toBe('dead');
  });

  it('is redriven as if it were new, and no other is', () => {
    const dead = { ...waiting, state: 'dead', what: 'dead', attempts: 100, turn: 100 } as const;
    expect(redriven(dead, 'ann', now + 9)).toMatchObject({
      state: 'waiting',
      what: 'redriven',
      by: 'ann',
      attempts: 0,
      turn: 101,
      triedSince: now + 9,
    });
    expect(() => redriven(waiting, 'ann', now)).toThrow(RangeError);
  });

  it('moves only as its table says', () => {
    expect(
      Object.entries(deliveryLife).flatMap(([from, steps]) =>
        Object.entries(steps).flatMap(([step, to]) => (to ? [`${from} ${step} ${to}`] : [])),
      ),
    ).toEqual(['waiting delivered delivered', 'waiting failed waiting', 'waiting dead dead', 'dead redriven waiting']);
  });

  it('that was delivered stays so, whatever another process writes of it in the same moment', () => {
    const delivered = afterAttempt(waiting, { taken: true, detail: '200' }, now, 0);
    const failed = afterAttempt(afterAttempt(waiting, no, now, 0), no, now + 5, 0);
    expect(stands(delivered, failed)).toBe(delivered);
    expect(stands(failed, delivered)).toBe(delivered);
    expect(stands(waiting, failed)).toBe(failed);
  });

  it('has steps that never go back in time, though the clock of the next process is behind', () => {
    expect(afterAttempt({ ...waiting, at: now + 5_000 }, no, now, 0).at).toBe(now + 5_000);
  });
});
