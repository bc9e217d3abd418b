import { expect, it } from 'vitest';
import { averageText, micros, moneyText, ratioText, storedMoney } from './money.js';

it('reads money exactly', () => {
  expect([micros('0'), micros('12.5'), micros('999999999999.999999'), micros(undefined), micros(null)]).toEqual([
    0n,
    12_500_000n,
    999_999_999_999_999_999n,
    0n,
    0n,
  ]);
});

it('shows at least two digits, and all that are needed', () => {
  expect(['0', '5', '10655622.484', '896812.49', '0.000001'].map((text) => moneyText(micros(text)))).toEqual([
    '0.00',
    '5.00',
    '10655622.484',
    '896812.49',
    '0.000001',
  ]);
  expect(moneyText(-4_500_000n)).toBe('-4.50');
  expect(['0', '5.00', '896812.490'].map((text) => storedMoney(micros(text)))).toEqual(['0', '5', '896812.49']);
});

it('rounds averages and ratios half-up at the sixth digit, below zero away from it', () => {
  expect([averageText(1n, 2), averageText(-1n, 2), averageText(10_000_000n, 3), averageText(5n, 0)]).toEqual([
    '0.000001',
    '-0.000001',
    '3.333333',
    null,
  ]);
  expect([ratioText(1, 3), ratioText(2, 3), ratioText(1, 2_000_000), ratioText(1, 2_000_001), ratioText(1, 0)]).toEqual([
    '0.333333',
    '0.666667',
    '0.000001',
    '0.000000',
    null,
  ]);
});
