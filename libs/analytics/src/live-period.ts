import type { Zone } from '#clock';
import type { RoomQuery, SeriesQuery } from '#contracts';
import { rangeOf, type Range } from './range.js';

const dayMs = 86_400_000;
const sliceMs = 5_000;

const days = { today: 1, 'last-7-days': 7, 'last-30-days': 30, 'last-365-days': 365 } as const;

/** A period on the shop's clock, and the stretch that it is compared with. */
export interface LivePeriod {
  readonly range: Range;
  /** Undefined where nothing lies before, or where the period was given in words of the caller. */
  readonly before: Range | undefined;
}

/**
 * N local days that end with the clock's day. They reach to the end of that day, so that an event whose shop is a moment ahead
 * of the clock is in. Compared with the N days before, up to the clock's local time, whole slices of five seconds: half a day
 * is never held against a whole one, on days of 23 and 25 hours too.
 * @param clock the shop's time, Unix milliseconds; null while it has none, then everything is meant
 * @throws {AnalyticsError} `range-not-aligned`, `range-empty` for a custom period
 */
export function livePeriod(query: RoomQuery<'headline'>, clock: number | null, zone: Zone): LivePeriod {
  if (query.period === 'custom') return { range: rangeOf(query, zone), before: undefined };
  if (query.period === 'all' || clock === null) return { range: { from: null, to: null }, before: undefined };
  const length = days[query.period];
  const local = clock + zone.offset(clock);
  const midnight = Math.floor(local / dayMs) * dayMs;
  const from = zone.instant(midnight - (length - 1) * dayMs);
  const to = zone.instant(midnight + dayMs);
  const start = zone.instant(midnight - (2 * length - 1) * dayMs);
  const end = zone.instant(Math.floor(local / sliceMs) * sliceMs - length * dayMs);
  return { range: { from, to }, before: { from: start, to: Math.max(start, Math.floor(end / sliceMs) * sliceMs) } };
}

/**
 * The grain in which a period is looked at, unless one is asked for: some dozens of points. A shop without a clock shows everything
 * under each period: what was asked for a day would then be its whole history by the hour.
 */
export function liveGrain(query: RoomQuery<'series'>, { from, to }: Range): SeriesQuery['grain'] {
  const isWhole = from === null && query.period !== 'all' && query.period !== 'custom';
  if (query.grain !== undefined && !isWhole) return query.grain;
  if (from === null || to === null) return 'month';
  const length = (to - from) / dayMs;
  return length <= 8 ? 'hour' : length <= 93 ? 'day' : length <= 800 ? 'week' : 'month';
}
