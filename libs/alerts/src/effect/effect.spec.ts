import { describe, expect, it } from 'vitest';
import { effectOf } from './effect.service.js';
import { studentQuantile } from './student.js';
import { welchInterval } from './welch.js';

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

describe('an effect', () => {
  const group = (closed: number, mean: number) => ({ customers: closed + 5, closed, netSales: String(closed * mean), mean, variance: 100 });

  it('is not known before each group has thirty windows that are over, and then as an interval', () => {
    expect(effectOf(group(30, 50), group(29, 40))).toMatchObject({
      known: false,
      detail: 'Not yet known: 90 days have passed for 29 of 30 left alone.',
      perCustomer: null,
    });
    const known = effectOf(group(400, 50), group(100, 40));
    expect(known).toMatchObject({ known: true, treated: { customers: 405, closed: 400, netSales: '20000.00', mean: '50.00' } });
    expect(known.perCustomer).toEqual({ difference: '10.00', low: '7.79', high: '12.21' });
    expect(known.total?.difference).toBe('4000.00');
    expect(known.detail).toContain('More was sold');
    expect(effectOf(group(40, 41), group(40, 40)).detail).toContain('No difference is certain');
    expect(effectOf(group(40, 30), group(40, 40)).detail).toContain('Less was sold');
  });
});
