import type { DemandAnswer } from '#contracts';
import type { LineSeriesOption } from 'echarts/charts';
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import { rangeText, unitsText } from '../format/figures.js';
import { dateText } from '../format/times.js';
import type { Palette } from '../shell/palette.js';

export type CourseOption = ComposeOption<LineSeriesOption | GridComponentOption | TooltipComponentOption>;
export type CoursePoints = NonNullable<DemandAnswer['series'][number]['course']>;

/** Expected units as a line, the interval as a band: an invisible line at its lower end, and what lies between the ends stacked on it. */
export function courseOption(course: CoursePoints, palette: Palette): CourseOption {
  const common = { type: 'line', silent: true, animation: false, showSymbol: false } as const;
  const band = { ...common, stack: 'interval', lineStyle: { opacity: 0 } } as const;
  return {
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontSize: 12 },
      axisPointer: { lineStyle: { color: palette.muted } },
      formatter: (found) => tooltipText(course, (Array.isArray(found) ? found[0] : found)?.dataIndex ?? 0),
    },
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: course.map(({ date }) => dateText(date)),
      axisLabel: { color: palette.muted, fontSize: 11, hideOverlap: true },
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      axisLabel: { color: palette.muted, fontSize: 11, formatter: (value: number) => (value === 0 ? '0' : unitsText(value)) },
      splitLine: { lineStyle: { color: palette.line } },
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
