import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveSize } from './clusters.js';
import { studentQuantile } from './student.js';
import { welchInterval } from './welch.js';
import { wilsonInterval } from './wilson.js';

describe('the quantile of Student’s t', () => {
  // Two-sided, as every printed table has them.
  it.each([
    [0.05, 1, 12.7062],
    [0.05, 2, 4.30265],
    [0.05, 3, 3.18245],
    [0.05, 5, 2.57058],
    [0.05, 10, 2.22814],
    [0.05, 30, 2.04227],
    [0.05, 120, 1.97993],
    [0.05, 100_000, 1.95999],
    [0.01, 4, 4.60409],
    [0.01, 60, 2.66028],
    [0.1, 15, 1.75305],
    [0.001, 20, 3.84952],
  ])('p %f, %d degrees: %f', (p, degrees, t) => {
    expect(Math.abs(studentQuantile(p, degrees) - t)).toBeLessThan(t * 2e-5);
  });
});

describe('Welch’s interval', () => {
  it('is that of a worked example', () => {
    // Worked out once by scipy.stats.ttest_ind(..., equal_var=False): t = -2.879714, 27.904305 degrees.
    const one = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
    const other = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.9];
    const sample = (values: readonly number[]) => {
      const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
      return { size: values.length, mean, variance: values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1) };
    };
    const { difference, low, high } = welchInterval(sample(one), sample(other));
    const error = (high - low) / 2 / studentQuantile(0.05, 27.904305);
    expect(difference / error).toBeCloseTo(-2.879714, 4);
    expect([low, high].map((each) => Number(each.toFixed(4)))).toEqual([-4.9061, -0.8272]);
  });

  it('turns about with its samples, and is a point where nothing varies', () => {
    const [a, b] = [
      { size: 40, mean: 10, variance: 4 },
      { size: 50, mean: 8, variance: 9 },
    ];
    const [one, other] = [welchInterval(a, b), welchInterval(b, a)];
    expect(one).toEqual({ difference: -other.difference, low: -other.high, high: -other.low });
    expect(welchInterval({ ...a, variance: 0 }, { ...b, variance: 0 })).toEqual({ difference: 2, low: 2, high: 2 });
  });
});

describe('the effective size of clusters', () => {
  const times = (count: number, size: number, some: number) => Array.from({ length: count }, () => ({ size, some }));
  it('is their number where all members of one are alike, whatever their size', () => {
    // Between clusters: n/(n-1) of the binomial variance of n draws.
    expect(effectiveSize([...times(6, 5, 5), ...times(14, 5, 0)])).toBeCloseTo(19, 9);
    expect(effectiveSize(times(7, 3, 3))).toBe(7);
    expect(effectiveSize([{ size: 40, some: 13 }])).toBe(1);
  });

  it('is that of a worked example, and no more than there are members', () => {
    // Share 6/12; residuals 1, -1, 1, -1 of clusters of 2, 2, 4, 4: 4/3 * 4/144 = .037037, and .25/.037037 = 6.75.
    const clusters = [
      { size: 2, some: 2 },
      { size: 2, some: 0 },
      { size: 4, some: 3 },
      { size: 4, some: 1 },
    ];
    expect(effectiveSize(clusters)).toBeCloseTo(6.75, 9);
    expect(effectiveSize(times(9, 2, 1))).toBe(18);
    expect(effectiveSize([...times(50, 1, 1), ...times(50, 1, 0)])).toBeCloseTo(99, 9);
  });
});

describe('an interval by Wilson', () => {
  const ends = ({ low, high }: ReturnType<typeof wilsonInterval>): [number, number] => [low, high];
  it('is that of worked examples', () => {
    // None of 10: the upper end is z2 / (10 + z2). 20 of 50: (.4 + .0384 +- 1.96 sqrt(.0048 + .00038)) / 1.0768.
    expect(ends(wilsonInterval(0, 10)).map((end) => end.toFixed(4))).toEqual(['0.0000', '0.2775']);
    expect(ends(wilsonInterval(0.4, 50)).map((end) => end.toFixed(4))).toEqual(['0.2761', '0.5382']);
    const [low, high] = ends(wilsonInterval(0.3, 1e9));
    expect([low, high].every((end) => Math.abs(end - 0.3) < 1e-4)).toBe(true);
  });

  it('holds the share and lies in 0..1', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 500 }), (some, all) => {
        const share = Math.min(some, all) / all;
        const { low, high } = wilsonInterval(share, all);
        expect(low >= 0 && high <= 1 && low <= share + 1e-12 && high >= share - 1e-12).toBe(true);
      }),
    );
  });

  it('is that of statsmodels, and never leaves 0..1', () => {
    // Worked out once by statsmodels' proportion_confint(8, 10, method='wilson').
    const { low, high } = wilsonInterval(8 / 10, 10);
    expect([low, high].map((each) => each.toFixed(4))).toEqual(['0.4902', '0.9433']);
    expect(wilsonInterval(0, 5).low).toBe(0);
    expect(wilsonInterval(1, 5).high).toBe(1);
  });
});
