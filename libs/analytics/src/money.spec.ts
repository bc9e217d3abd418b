import { describe, expect, it } from 'vitest';
import { amountText, ratioText, toMicros } from './money.js';

describe('money', () => {
  it('goes through text without losing a digit', () => {
    for (const text of ['10655622.484', '0.000001', '-896812.49', '123456789012345678901234567890.5']) {
      expect(toMicros(amountText(toMicros(text)))).toBe(toMicros(text));
    }
    expect([amountText(toMicros('5')), amountText(toMicros('0.1')), amountText(toMicros('-0.123456'))]).toEqual([
      '5.00',
      '0.10',
      '-0.123456',
    ]);
  });

  it('divides once and rounds half away from zero', () => {
    expect([
      ratioText(2_845n, 4_338n),
      ratioText(1n, 3n),
      ratioText(-2n, 3n),
      ratioText(1n, 2_000_000n),
      ratioText(-1n, 3_000_000n),
      ratioText(1n, 0n),
    ]).toEqual(['0.655832', '0.333333', '-0.666667', '0.000001', '0.000000', null]);
  });
});
