import { expect, it } from 'vitest';
import { HeldBack } from './held-back.js';

it('holds back what failed, twice as long each time up to six hours, and nothing else; the reason is news once', () => {
  let now = 0;
  const held = new HeldBack(() => now);
  const waits: number[] = [];
  const news: boolean[] = [];
  for (let failure = 0; failure < 11; failure += 1) {
    news.push(held.failed('month', failure < 10 ? 'too much memory' : 'another reason'));
    const from = now;
    while (held.waits('month')) now += 30_000;
    waits.push((now - from) / 60_000);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
  expect(news).toEqual([true, ...Array<boolean>(9).fill(false), true]);
  held.failed('month', 'x');
  expect([held.waits('month'), held.waits('drift')]).toEqual([true, false]);
  held.well('month');
  expect([held.waits('month'), held.failed('month', 'x')]).toEqual([false, true]);
});
