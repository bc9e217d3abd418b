import { describe, expect, it } from 'vitest';
import { effectOf } from './effect.service.js';

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
