import { describe, expect, it } from 'vitest';
import { probabilityWords, ranksByValue, stepWords, withShopTimes } from './words.js';

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

describe('words of the server', () => {
  it('have their instants in the zone of the shop, all of them', () => {
    const said = 'Already acknowledged by ann at 2011-12-09T23:30:00.000Z, not at 2011-07-01T12:00:00Z.';
    expect(withShopTimes(said, 'Europe/Paris')).toBe('Already acknowledged by ann at 10 Dec 2011, 00:30:00, not at 1 Jul 2011, 14:00:00.');
  });

  it('of the log say who, and what was refused', () => {
    expect(stepWords({ step: 'acknowledged', by: 'ann' })).toBe('Acknowledged by ann');
    expect(stepWords({ step: 'opened', by: null })).toBe('Opened');
    expect(stepWords({ step: null, by: 'bob' })).toBe('Refused to bob');
  });
});
