import type { LineSeriesOption, BarSeriesOption } from 'echarts/charts';
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import { axisMoneyText, exactMoneyText } from '../format/figures.js';
import { bucketText } from '../format/times.js';
import type { SnapshotOf } from '../live/live.state.js';
import { chartLook, placeOf } from '../shell/chart-look.js';
import type { Palette } from '../shell/palette.js';

export type RevenueOption = ComposeOption<LineSeriesOption | BarSeriesOption | GridComponentOption | TooltipComponentOption>;
export type SeriesData = SnapshotOf<'series'>['data'];

/**
 * A measure in two parts: what is complete, and the running rest, which starts at the last complete point so that the line is whole.
 * Points of a picture are floats: a pixel cannot show more.
 */
export function splitRunning(
  values: readonly string[],
  complete: readonly boolean[],
): { done: (number | null)[]; running: (number | null)[] } {
  const found = complete.indexOf(false);
  const firstOpen = found === -1 ? values.length : found;
  const numbers = values.map(Number);
  return {
    done: numbers.map((value, index) => (index < firstOpen ? value : null)),
    running: numbers.map((value, index) => (firstOpen < values.length && index >= firstOpen - 1 ? value : null)),
  };
}

/** The option of the chart: gross and net as lines, returns as bars; the running bucket dashed and hollow. */
export function revenueOption(data: SeriesData, palette: Palette): RevenueOption {
  const complete = data.points.map((point) => point.complete);
  const lines = (['grossSales', 'netSales'] as const).flatMap((measure): LineSeriesOption[] => {
    const { done, running } = splitRunning(
      data.points.map((point) => point[measure]),
      complete,
    );
    const color = measure === 'grossSales' ? palette.gross : palette.net;
    const common = { type: 'line', silent: true, animation: false, showSymbol: false, itemStyle: { color } } as const;
    const width = measure === 'grossSales' ? 1.5 : 2.5;
    return [
      // A single point has no line to draw: it needs its symbol.
      {
        ...common,
        data: done,
        lineStyle: { color, width },
        ...(done.filter((value) => value !== null).length === 1 ? { showSymbol: true } : {}),
      },
      {
        ...common,
        data: running.map((value, index) => ({ value, symbolSize: complete[index] === false ? 7 : 0 })),
        showSymbol: true,
        symbol: 'circle',
        itemStyle: { color: palette.surface, borderColor: color, borderWidth: 2 },
        lineStyle: { color, width, type: [3, 3] },
      },
    ];
  });
  const bars: BarSeriesOption = {
    type: 'bar',
    silent: true,
    animation: false,
    barMaxWidth: 24,
    data: data.points.map((point) => ({
      value: Number(point.returns),
      itemStyle: point.complete
        ? { color: palette.returns }
        : { color: 'transparent', borderColor: palette.returns, borderWidth: 1, borderType: 'dashed' as const },
    })),
  };
  const look = chartLook(palette);
  const isOneDay = data.grain === 'hour' && data.points.length <= 25;
  return {
    ...look.frame,
    grid: look.grid,
    tooltip: {
      trigger: 'axis',
      ...look.tooltip,
      axisPointer: { lineStyle: { color: palette.muted } },
      formatter: (found) => tooltipText(data, placeOf(found)),
    },
    xAxis: {
      type: 'category',
      // Hours of one day need no day.
      data: data.points.map((point) => bucketText(point.bucket, data.timeZone, isOneDay ? 'minute' : data.grain)),
      axisLabel: { ...look.label, hideOverlap: true },
      axisLine: look.line,
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      axisLabel: { ...look.label, formatter: (value: number) => axisMoneyText(value, data.currency) },
      splitLine: look.line,
    },
    series: [bars, ...lines],
  };
}

/** HTML of the tooltip: exact amounts, and nothing that a shop could have written but its currency code. */
export function tooltipText(data: SeriesData, index: number): string {
  const point = data.points[index];
  if (!point) return '';
  const rows = [
    ['Gross', exactMoneyText(point.grossSales, data.currency)],
    ['Net', exactMoneyText(point.netSales, data.currency)],
    ['Returns', exactMoneyText(point.returns, data.currency)],
    ['Orders', String(point.orders)],
  ].map(([name, value]) => `${name} <b>${value}</b>`);
  const head = `${bucketText(point.bucket, data.timeZone, data.grain)}${point.complete ? '' : ' (running)'}`;
  return [head, ...rows].join('<br>');
}
