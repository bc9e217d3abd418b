import { describe, expect, it } from 'vitest';
import { changeOf, countText, exactMoneyText, isEmpty, moneyText, paceText } from './figures.js';

describe('money', () => {
  it('shows digits that no float holds', () => {
    expect(moneyText('9007199254740993.010000', 'GBP')).toBe('£9,007,199,254,740,993.01');
    expect(moneyText('90071992547409931234.56', 'GBP')).toBe('£90,071,992,547,409,931,234.56');
  });

  it('rounds half away from zero, at the digits of the currency', () => {
    expect(moneyText('1.005', 'GBP')).toBe('£1.01');
    expect(moneyText('-1.005', 'GBP')).toBe('-£1.01');
    expect(moneyText('10655622.484', 'GBP')).toBe('£10,655,622.48');
  });

  it('takes the number of digits from the currency', () => {
    expect(moneyText('1234.50', 'JPY')).toBe('¥1,235');
    expect(moneyText('1234.5678', 'KWD')).toContain('1,234.568');
  });

  it('has every digit in the exact text, and no more zeros than two', () => {
    expect(exactMoneyText('10655622.484000', 'GBP')).toBe('GBP 10,655,622.484');
    expect(exactMoneyText('-896812.490000', 'GBP')).toBe('GBP -896,812.49');
    expect(exactMoneyText('0.00', 'GBP')).toBe('GBP 0.00');
  });

  it('says so where there is no figure', () => {
    expect(moneyText(null, 'GBP')).toBe('–');
    expect(exactMoneyText(null, 'GBP')).toContain('divisor is zero');
  });
});

describe('counts and paces', () => {
  it('groups counts', () => expect(countText(1234567)).toBe('1,234,567'));
  it('has a digit after the point below ten only', () => {
    expect([paceText(0.25), paceText(9.94), paceText(63.4), paceText(null)]).toEqual(['0.3', '9.9', '63', '–']);
  });
});

describe('change', () => {
  const by = (absolute: string | null, ratio: string | null) => ({ absolute, ratio });

  it('has a direction, and a tone that depends on what is welcome', () => {
    expect(changeOf(by('12.00', '0.123456'), 'up')).toEqual({
      direction: 'up',
      tone: 'good',
      short: '12.3%',
      spoken: 'up 12.3% against the previous period',
    });
    expect(changeOf(by('12.00', '0.123456'), 'down')).toMatchObject({ direction: 'up', tone: 'bad' });
    expect(changeOf(by('-5', '-0.500000'), 'down')).toMatchObject({ direction: 'down', tone: 'good', short: '50.0%' });
  });

  it('takes the direction from the amounts: from -10 to -5 is up, though the ratio is negative', () => {
    expect(changeOf(by('5.00', '-0.500000'), 'up')).toMatchObject({ direction: 'up', tone: 'good', short: '50.0%' });
  });

  it('does not show a direction for what reads as zero', () => {
    expect(changeOf(by('0.04', '0.000400'), 'up').direction).toBe('level');
    expect(changeOf(by('-0.04', '-0.000400'), 'up').direction).toBe('level');
    expect(changeOf(by('0', null), 'up').direction).toBe('level');
  });

  it('says when there was nothing, or nothing to compare with', () => {
    expect(changeOf(by('7', null), 'up')).toMatchObject({ direction: 'up', short: 'from zero' });
    expect(changeOf(by(null, null), 'up').direction).toBe('unknown');
    expect(changeOf(undefined, 'up').spoken).toContain('nothing to compare');
  });
});

it('a period with refunds only is not empty', () => {
  const figures = { grossSales: '0.00', discounts: '0.00', returns: '0.00', netSales: '0.00', orders: 0, units: 0 };
  const rest = { buyers: 0, aovGross: null, aovNet: null, returnRate: null, returnedOrderRate: null };
  const none = { ...figures, ...rest };
  expect(isEmpty(none)).toBe(true);
  expect(isEmpty({ ...none, returns: '3.50' })).toBe(false);
});
