import { expect, it } from 'vitest';
import { courseOption, tooltipText } from './course-option.js';

const palette = { gross: 'g', net: 'n', returns: 'r', ink: 'i', muted: 'm', line: 'l', surface: 's' };
const course = [
  { date: '2024-06-09', mean: 4, low: 1, high: 9.5 },
  { date: '2024-06-10', mean: 12, low: 5, high: 21 },
];

it('draws the interval as a band from its lower to its upper end, and the mean in it', () => {
  const { series, xAxis } = courseOption(course, palette);
  expect((series as { data: number[]; stack?: string }[]).map(({ data, stack }) => [stack, data])).toEqual([
    ['interval', [1, 5]],
    ['interval', [8.5, 16]],
    [undefined, [4, 12]],
  ]);
  expect(xAxis).toMatchObject({ data: ['9 Jun 2024', '10 Jun 2024'] });
});

it('says each day in words, and nothing beyond the last', () => {
  expect(tooltipText(course, 1)).toBe('To the end of 10 Jun 2024<br>Expected <b>12</b><br>90% <b>5.0 – 21</b>');
  expect(tooltipText(course, 2)).toBe('');
});
