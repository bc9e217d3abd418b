import type { Zone } from '#clock';

/**
 * The next instant after another one at which it is an hour of the zone's day. An hour that does not exist, when clocks go forward, is
 * moved forward.
 * @param after Unix milliseconds
 * @param hour 0 to 23
 */
export function nextDigest(after: number, hour: number, zone: Zone): number {
  const { year, month, day } = zone.local(after);
  for (let ahead = 0; ; ahead += 1) {
    const at = zone.instant(Date.UTC(year, month - 1, day + ahead, hour));
    if (at > after) return at;
  }
}
