import { describe, expect, it } from 'vitest';
import { Pace } from './pace.js';

describe('the pace', () => {
  let real = 5_000;
  const clock = { now: () => real, sleep: () => Promise.resolve() };

  it('runs at a multiple of real time and says when an instant is due', () => {
    real = 5_000;
    const pace = new Pace(clock, 1_000_000, 1_440);
    real += 250;
    expect(pace.now()).toBe(1_000_000 + 250 * 1_440);
    expect(pace.until(1_000_000 + 1_440_000)).toBe(750);
    expect(pace.until(1_000_000)).toBe(0);
  });

  it('does not jump when the speed changes', () => {
    real = 0;
    const pace = new Pace(clock, 0, 100);
    real = 1_000;
    pace.setSpeed(1);
    expect(pace.now()).toBe(100_000);
    real = 2_000;
    expect(pace.now()).toBe(101_000);
  });
});
