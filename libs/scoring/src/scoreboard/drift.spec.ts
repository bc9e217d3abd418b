import type { ModelReference } from '#contracts';
import { describe, expect, it } from 'vitest';
import { driftOf, referenceOfMonth } from './drift.js';
import { BinCounts } from './profile.js';

const names = ['recency', 'tenure', 'season_sin'];
const halves = { edges: [0.5], shares: [0.5, 0.5], missing: 0 };
const reference: ModelReference = { rows: 100, features: Object.fromEntries(names.map((name) => [name, halves])), score: halves };

/** Words of a day on which that many of a hundred customers lie in the upper half of each column, the score being the last. */
function wordsOf(...upper: readonly number[]): string {
  const counts = new BinCounts(names, reference);
  for (let customer = 0; customer < 100; customer += 1) {
    counts.add(Float32Array.from(upper, (many) => (customer < many ? 1 : 0)));
  }
  return driftOf(referenceOfMonth(reference, 0), counts, new Date(0)).words;
}

describe('the words of drift', () => {
  it('say of each what it did', () => {
    expect(wordsOf(50, 50, 50, 50)).toBe('Scores lie as they did; so does every feature.');
    expect(wordsOf(70, 50, 50, 50)).toBe('Scores lie as they did; 1 feature moved, 0 moved much.');
    expect(wordsOf(70, 90, 50, 70)).toBe('Scores moved; 1 feature moved, 1 moved much (tenure).');
  });

  it('do not say that features moved where the scores alone did', () => {
    expect(wordsOf(50, 50, 50, 70)).toBe('Scores moved; no feature did.');
    expect(wordsOf(50, 50, 100, 70)).toBe('Scores moved; no feature but the season did.');
    expect(wordsOf(50, 50, 100, 100)).toBe('Scores moved much; no feature but the season did.');
  });
});
