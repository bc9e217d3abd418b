import { describe, expect, it } from 'vitest';
import { bandOf } from './bands.js';

describe('a band', () => {
  it.each([
    [0, 'low'],
    [0.39999, 'low'],
    [0.4, 'medium'],
    [Math.fround(0.4), 'medium'],
    [0.69999, 'medium'],
    [0.7, 'high'],
    [1, 'high'],
  ])('of %f is %s', (probability, band) => expect(bandOf(probability)).toBe(band));

  it.each([NaN, -0.1, 1.1])('of %f is none', (probability) => expect(() => bandOf(probability)).toThrow(RangeError));
});
