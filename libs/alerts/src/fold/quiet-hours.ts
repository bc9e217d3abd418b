import type { Zone } from '#clock';
import type { AlertRule } from '#contracts';

/** Whether an instant lies in quiet hours of the shop: `from` included, `to` not; over midnight where `to` is the earlier one. */
export function isQuiet(quiet: NonNullable<AlertRule['quietHours']>, at: number, zone: Zone): boolean {
  const time = zone.text(at, true).slice(11, 16);
  return quiet.from < quiet.to ? quiet.from <= time && time < quiet.to : time >= quiet.from || time < quiet.to;
}
