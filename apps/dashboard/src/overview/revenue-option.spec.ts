import { describe, expect, it } from 'vitest';
import { revenueOption, splitRunning, tooltipText, type SeriesData } from './revenue-option.js';

const palette = { gross: 'g', net: 'n', returns: 'r', ink: 'i', muted: 'm', line: 'l', surface: 's' };

function dataOf(...complete: boolean[]): SeriesData {
  const points = complete.map((isComplete, index) => ({
    bucket: `2011-12-09T0${index}:00:00Z`,
    local: `2011-12-09T0${index}:00`,
    complete: isComplete,
    grossSales: `${index + 1}0.125`,
    discounts: '0.00',
    returns: '1.00',
    netSales: `${index + 1}0.00`,
    orders: index,
    units: index,
    buyers: index,
    aovGross: null,
    aovNet: null,
  }));
  return { currency: 'GBP', timeZone: 'Europe/London', grain: 'hour', from: null, to: null, points };
}

describe('the running bucket', () => {
  it('hangs on the last complete point', () => {
    expect(splitRunning(['1', '2', '3'], [true, true, false])).toEqual({ done: [1, 2, null], running: [null, 2, 3] });
  });

  it('is not there when all are complete, and is all there is when none is', () => {
    expect(splitRunning(['1', '2'], [true, true])).toEqual({ done: [1, 2], running: [null, null] });
    expect(splitRunning(['1'], [false])).toEqual({ done: [null], running: [1] });
  });

  it('is dashed in the lines and hollow in the bars', () => {
    const series = [revenueOption(dataOf(true, false), palette).series ?? []].flat();
    expect(series).toHaveLength(5);
    expect(series[2]).toMatchObject({ lineStyle: { type: [3, 3] } });
    expect(series[0]).toMatchObject({
      data: [{ itemStyle: { color: 'r' } }, { itemStyle: { color: 'transparent', borderType: 'dashed' } }],
    });
  });
});

it('the tooltip has every digit, and says what is running', () => {
  expect(tooltipText(dataOf(true, false), 1)).toContain('9 Dec, 01:00 (running)<br>Gross <b>GBP 20.125</b>');
  expect(tooltipText(dataOf(true, false), 0)).not.toContain('running');
  expect(tooltipText(dataOf(true), 5)).toBe('');
});
