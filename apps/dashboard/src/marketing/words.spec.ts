import { describe, expect, it } from 'vitest';
import { probabilityWords, ranksByValue } from './words.js';

describe('a probability in words', () => {
  it('names what is predicted, and never says never', () => {
    expect(probabilityWords(0.874)).toBe('87% probability of no order in the next 90 days');
    expect(probabilityWords(0.9999)).toBe('>99% probability of no order in the next 90 days');
    expect(probabilityWords(0.0004)).toBe('<1% probability of no order in the next 90 days');
    expect(probabilityWords(1)).toMatch(/^100%/);
  });
});

describe('the list', () => {
  const of = (high: number, customers: number) => ({ customers, bands: [{ band: 'high', customers: high }] });

  it('ranks by value beyond a fifth of the customers, not at it', () => {
    expect(ranksByValue(of(20, 100))).toBe(false);
    expect(ranksByValue(of(21, 100))).toBe(true);
    expect(ranksByValue(of(0, 0))).toBe(false);
  });
});
