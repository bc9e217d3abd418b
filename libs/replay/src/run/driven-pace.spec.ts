import { expect, it } from 'vitest';
import { DrivenPace } from './driven-pace.js';

function made(turns: { speed: number | null; paused: boolean }) {
  let real = 0;
  const clock = { now: () => real, sleep: () => Promise.resolve() };
  return { pace: new DrivenPace(clock, 10_000, turns), after: (ms: number) => (real += ms) };
}

it('runs at its speed, stands while it is paused, and goes on from there', () => {
  const { pace, after } = made({ speed: 100, paused: false });
  after(50);
  expect([pace.due, pace.until(25_000)]).toEqual([15_000, 100]);
  pace.turn({ speed: 100, paused: true });
  after(1_000);
  expect([pace.due, pace.paused, pace.until(25_000)]).toEqual([15_000, true, Infinity]);
  pace.turn({ speed: 100, paused: false });
  after(10);
  expect(pace.due).toBe(16_000);
  // The same word again changes nothing.
  pace.turn({ speed: 100, paused: false });
  after(10);
  expect(pace.due).toBe(17_000);
});

it('is wherever its messages are while it goes as fast as it can, and slows down from there', () => {
  const { pace, after } = made({ speed: null, paused: false });
  expect([pace.fast, pace.due, pace.until(99_000)]).toEqual([true, Infinity, 0]);
  pace.passed(50_000);
  pace.passed(40_000);
  after(1_000);
  pace.turn({ speed: 10, paused: false });
  expect([pace.fast, pace.due]).toEqual([false, 50_000]);
  after(100);
  expect(pace.due).toBe(51_000);
  pace.passed(90_000);
  expect(pace.due).toBe(51_000);
  pace.turn({ speed: null, paused: true });
  expect([pace.fast, pace.due]).toEqual([false, 51_000]);
  pace.turn({ speed: null, paused: false });
  expect(pace.due).toBe(Infinity);
});
