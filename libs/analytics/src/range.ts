import type { Zone } from '#clock';
import type { KpiGrain, KpiSpan } from '#warehouse';
import { AnalyticsError } from './analytics.errors.js';

/** From `from` (included) to `to` (excluded), Unix milliseconds; null = open. */
export interface Range {
  readonly from: number | null;
  readonly to: number | null;
}

const sliceMs = 5_000;
const minuteMs = 60_000;

/**
 * An instant, or a date of the shop = the start of that local day.
 * @throws {AnalyticsError} `range-not-aligned` when it lies inside a 5-second slice, the finest grain there is
 */
export function momentOf(text: string, zone: Zone, name: string): number {
  const at = text.includes('T') ? Date.parse(text) : zone.startOfDate(text);
  if (at % sliceMs !== 0) {
    throw new AnalyticsError(
      'range-not-aligned',
      `${name}=${text}: figures are kept by slices of 5 seconds. Use a whole multiple of 5 seconds.`,
    );
  }
  return at;
}

/** @throws {AnalyticsError} `range-empty` when the range ends before it starts */
export function rangeOf(query: { from?: string | undefined; to?: string | undefined }, zone: Zone): Range {
  const from = query.from === undefined ? null : momentOf(query.from, zone, 'from');
  const to = query.to === undefined ? null : momentOf(query.to, zone, 'to');
  if (from !== null && to !== null && from >= to) {
    throw new AnalyticsError(
      'range-empty',
      `from=${query.from} is not before to=${query.to}: the range holds nothing. Swap them or widen it.`,
    );
  }
  return { from, to };
}

/**
 * Covers a range with whole buckets, the coarsest inside and finer ones at the edges: a year is read as twelve months.
 * @param finest the finest grain to be used; the range must be aligned to it
 */
export function decompose(from: number, to: number, zone: Zone, finest: 'slice' | 'hour' | 'day'): KpiSpan[] {
  const edges: { grain: KpiGrain; from: number; to: number }[] = [];
  const add = (grain: KpiGrain, start: number, end: number): void => {
    if (start < end) edges.push({ grain, from: start, to: end });
  };
  const grains: { grain: KpiGrain; ceil: (at: number) => number; floor: (at: number) => number }[] = [
    { grain: 'month', ceil: (at) => zone.ceil(at, 'month'), floor: (at) => zone.floor(at, 'month') },
    { grain: 'day', ceil: (at) => zone.ceil(at, 'day'), floor: (at) => zone.floor(at, 'day') },
    { grain: 'hour', ceil: (at) => zone.ceil(at, 'hour'), floor: (at) => zone.floor(at, 'hour') },
    { grain: 'minute', ceil: (at) => Math.ceil(at / minuteMs) * minuteMs, floor: (at) => Math.floor(at / minuteMs) * minuteMs },
    { grain: 'slice', ceil: (at) => at, floor: (at) => at },
  ];
  const usable = finest === 'slice' ? grains : grains.slice(0, finest === 'hour' ? 3 : 2);
  const cover = (start: number, end: number, index: number): void => {
    const level = usable[index];
    if (start >= end || !level) return;
    const [low, high] = [level.ceil(start), level.floor(end)];
    if (low >= high) return cover(start, end, index + 1);
    cover(start, low, index + 1);
    add(level.grain, low, high);
    cover(high, end, index + 1);
  };
  cover(from, to, 0);
  return edges;
}

/** Whether both ends are starts of a local hour or day. */
export function endsOn(unit: 'hour' | 'day', from: number, to: number, zone: Zone): boolean {
  return zone.floor(from, unit) === from && zone.floor(to, unit) === to;
}
