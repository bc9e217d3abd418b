import type { LineSeriesOption } from 'echarts/charts';
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import { countText, percentText } from '../format/figures.js';
import { chartLook, placeOf } from '../shell/chart-look.js';
import type { Palette } from '../shell/palette.js';
import type { Population } from './report.js';

export type CalibrationOption = ComposeOption<LineSeriesOption | GridComponentOption | TooltipComponentOption>;
export type Deciles = NonNullable<Population['deciles']>;

/** A diagonal on which everything would lie that was said rightly, and where the deciles lie. A dot's area says how many customers. */
export function calibrationOption(deciles: Deciles, palette: Palette): CalibrationOption {
  const look = chartLook(palette);
  const most = Math.max(...deciles.map(({ count }) => count), 1);
  const axis = {
    type: 'value',
    min: 0,
    max: 1,
    axisLabel: { ...look.label, formatter: (value: number) => percentText(value) },
    axisLine: look.line,
    splitLine: look.line,
    nameTextStyle: look.label,
    nameLocation: 'middle',
  } as const;
  return {
    ...look.frame,
    grid: { left: 48, right: 16, top: 16, bottom: 40 },
    tooltip: {
      trigger: 'item',
      ...look.tooltip,
      formatter: (found) => tooltipText(deciles, placeOf(found)),
    },
    xAxis: { ...axis, name: 'said', nameGap: 24 },
    yAxis: { ...axis, name: 'happened', nameGap: 36 },
    series: [
      {
        type: 'line',
        silent: true,
        showSymbol: false,
        data: [
          [0, 0],
          [1, 1],
        ],
        lineStyle: { color: palette.muted, width: 1.5, type: [4, 4] },
      },
      {
        type: 'line',
        data: deciles.map(({ predicted, happened, count }) => ({
          value: [predicted, happened],
          symbolSize: 4 + 6 * Math.sqrt(count / most),
        })),
        symbol: 'circle',
        showSymbol: true,
        itemStyle: { color: palette.net },
        lineStyle: { color: palette.net, width: 2 },
      },
    ],
  };
}

/** HTML of the tooltip: numbers only. */
export function tooltipText(deciles: Deciles, place: number): string {
  const decile = deciles[place];
  if (!decile) return '';
  const { count, predicted, happened } = decile;
  return [
    `Tenth ${place + 1}, ${countText(count)} customers`,
    `Said <b>${percentText(predicted, 1)}</b>`,
    `Happened <b>${percentText(happened, 1)}</b>`,
  ].join('<br>');
}
