import { expect, it } from 'vitest';
import { Progress } from './progress.js';

function made() {
  const lines: string[] = [];
  let now = 0;
  const progress = new Progress({ write: (text) => lines.push(text.trim()) }, () => now);
  return { progress, lines, after: (ms: number) => (now += ms) };
}

it('writes a line every five seconds and one at the end, with rate and time left', () => {
  const { progress, lines, after } = made();
  for (let second = 0; second <= 20; second += 1) {
    progress.show('sending', second / 20, second * 1_000, 'events');
    after(1_000);
  }
  expect(lines).toEqual([
    'sending  25%  5,000 events  1,000/s  15 s left',
    'sending  50%  10,000 events  1,000/s  10 s left',
    'sending  75%  15,000 events  1,000/s  5 s left',
    'sending  100%  20,000 events  1,000/s',
  ]);
  progress.show('sending', 1, 20_000, 'events');
  expect(lines.length).toBe(4);
});

it('takes the rate of the last seconds, not of the whole way', () => {
  const { progress, lines, after } = made();
  progress.show('reading', 0, 0, 'rows');
  after(60_000);
  for (let second = 1; second <= 6; second += 1) {
    progress.show('reading', second / 100, second * 1_000, 'rows');
    after(1_000);
  }
  expect(lines.at(-1)).toBe('reading  6%  6,000 rows  1,000/s  1 min 34 s left');
});

it('says no rate before anything moved', () => {
  const { progress, lines, after } = made();
  progress.show('settling', 0, 0, 'messages');
  after(6_000);
  progress.show('settling', 0, 0, 'messages');
  expect(lines).toEqual(['settling 0%  0 messages']);
});
