import { describe, expect, it } from 'vitest';
import { decimalText, parseDecimal, wholeUnits } from './decimal.js';

describe('parseDecimal', () => {
  it.each([
    ['2.55', 2_550_000n],
    ['0.001', 1_000n],
    ['-11062.06', -11_062_060_000n],
    ['+3', 3_000_000n],
    ['.5', 500_000n],
    ['7.', 7_000_000n],
    [' 1.25 ', 1_250_000n],
    ['1.2500000000', 1_250_000n],
    ['0.000001', 1n],
    ['999999999999.999999', 999_999_999_999_999_999n],
  ])('reads %s exactly', (text, micros) => {
    expect(parseDecimal(text)).toBe(micros);
  });

  it.each(['', ' ', '.', '-', '1.0000001', '1e3', '0x10', 'NaN', '1.2.3', '1,5', '£5', '--1', '1 000'])('refuses %j', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  it('reads decimal commas and thousands where the mapping says so', () => {
    expect(parseDecimal('1.234,56', ',', '.')).toBe(1_234_560_000n);
    expect(parseDecimal("1'234'567.5", '.', "'")).toBe(1_234_567_500_000n);
    expect(parseDecimal('-1 234,5', ',', ' ')).toBe(-1_234_500_000n);
  });
});

describe('decimalText', () => {
  it.each([
    [0n, '0'],
    [2_550_000n, '2.55'],
    [1n, '0.000001'],
    [1_500_000_000n, '1500'],
    [-500_000n, '-0.5'],
  ])('writes %s as the contracts want it', (micros, text) => {
    expect(decimalText(micros)).toBe(text);
  });

  it('gives back what was read', () => {
    for (const text of ['0.1', '38970', '10655622.484', '0.000001']) expect(decimalText(parseDecimal(text) ?? -1n)).toBe(text);
  });
});

describe('wholeUnits', () => {
  it('takes whole numbers alone', () => {
    expect(wholeUnits(-3_000_000n)).toBe(-3);
    expect(wholeUnits(1_500_000n)).toBeUndefined();
    expect(wholeUnits(2n ** 80n * 1_000_000n)).toBeUndefined();
  });
});
