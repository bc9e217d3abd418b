import type { DemandAnswer } from '#contracts';
import type { LineSeriesOption } from 'echarts/charts';
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import { rangeText, unitsText } from '../format/figures.js';
import { dateText } from '../format/times.js';
import { chartLook, placeOf } from '../shell/chart-look.js';
import type { Palette } from '../shell/palette.js';

export type CourseOption = ComposeOption<LineSeriesOption | GridComponentOption | TooltipComponentOption>;
export type CoursePoints = NonNullable<DemandAnswer['series'][number]['course']>;

/** Expected units as a line, the interval as a band: an invisible line at its lower end, and what lies between the ends stacked on it. */
export function courseOption(course: CoursePoints, palette: Palette): CourseOption {
  const look = chartLook(palette);
  const common = { type: 'line', silent: true, animation: false, showSymbol: false } as const;
  const band = { ...common, stack: 'interval', lineStyle: { opacity: 0 } } as const;
  return {
    ...look.frame,
    grid: look.grid,
    tooltip: {
      trigger: 'axis',
      ...look.tooltip,
      axisPointer: { lineStyle: { color: palette.muted } },
      formatter: (found) => tooltipText(course, placeOf(found)),
    },
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: course.map(({ date }) => dateText(date)),
      // The last day's stands at the very edge: centred, half of it would be cut off.
      axisLabel: { ...look.label, hideOverlap: true, alignMinLabel: 'left', alignMaxLabel: 'right' },
      axisLine: look.line,
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      axisLabel: { ...look.label, formatter: (value: number) => (value === 0 ? '0' : unitsText(value)) },
      splitLine: look.line,
    },
    series: [
      { ...band, data: course.map(({ low }) => low) },
      { ...band, data: course.map(({ low, high }) => high - low), areaStyle: { color: palette.net, opacity: 0.25 } },
      { ...common, data: course.map(({ mean }) => mean), lineStyle: { color: palette.net, width: 2.5 } },
    ],
  };
}

/** HTML of the tooltip: dates and numbers only. */
export function tooltipText(course: CoursePoints, index: number): string {
  const point = course[index];
  if (!point) return '';
  const { date, mean, low, high } = point;
  return [`To the end of ${dateText(date)}`, `Expected <b>${unitsText(mean)}</b>`, `90% <b>${rangeText(low, high)}</b>`].join('<br>');
}
