import { Zone } from '#clock';
import type { ScoreBasis } from '#contracts';
import type { Shop, WatermarkRepository } from '#warehouse';

/** How many months back customers are marked: nine of them are known after 90 days, which is three quarters to judge by. */
export const monthsBack = 12;
/** Of the shop's time: a mark that was written later was not said at the time. */
export const promptMs = 2 * 86_400_000;

/** An event may be on its way still where the clock is the machine's. */
const graceMs = 60_000;
/** An import has no word for "all before is in": one partition may lag behind another while it streams in. */
const standsStillMs = 15_000;

/**
 * Up to which instant of the shop it is known what happened. The one rule of what is mature, whoever asks.
 * @param now wall clock, Unix milliseconds
 * @returns Unix milliseconds; undefined while nothing is known for sure
 */
export async function knownUntil(watermarks: Pick<WatermarkRepository, 'read'>, shop: Shop, now: number): Promise<number | undefined> {
  const settled = await watermarks.read(shop, 'settled');
  if (!settled?.clock) return undefined;
  if (shop.clockMode === 'data') {
    // While a backlog is worked off the settled level stands, and the live one moves.
    const live = await watermarks.read(shop, 'live');
    const moved = Math.max(settled.committedAt.getTime(), live?.committedAt.getTime() ?? -Infinity);
    if (now - moved < standsStillMs) return undefined;
  }
  return settled.clock.getTime() - (shop.clockMode === 'wall' ? graceMs : 0);
}

/**
 * Starts of the newest months at or before an instant, newest first.
 * @param clock Unix milliseconds
 */
export function monthStarts(timeZone: string, clock: number, most = monthsBack): number[] {
  const zone = new Zone(timeZone);
  const starts = [zone.floor(clock, 'month')];
  // The instant before the start of a month lies in the month before.
  while (starts.length < most) starts.push(zone.floor((starts.at(-1) ?? 0) - 1, 'month'));
  return starts;
}

/** What is known of a month and its version. */
export interface MarkedAt {
  /** Unix milliseconds, all three. */
  readonly reference: number;
  /** The shop's clock as it was marked. */
  readonly clock: number;
  /** The last event that the version knows of. */
  readonly trainedAsOf: number;
}

/**
 * Where a month stands to the training. Before its end the version may have learnt what happened. What was computed later than the time it
 * speaks of is a muted score: nobody could have been told, and whoever chose the version may have seen how it turned out.
 * @param muted whether the shop's clock is its data: all its scores are muted
 */
export function basisOf({ reference, clock, trainedAsOf }: MarkedAt, muted: boolean): ScoreBasis {
  if (reference < trainedAsOf) return 'history';
  return muted || clock - reference > promptMs ? 'afterwards' : 'live';
}

export const maturesAt = (reference: number, horizonDays: number): number => reference + horizonDays * 86_400_000;

/** How many windows (reference, reference + horizon] lie over one another at most; 1 for none. A customer may be in all of them. */
export function overlapOf(references: readonly number[], horizonDays: number): number {
  return Math.max(1, ...references.map((from) => references.filter((at) => at >= from && at < maturesAt(from, horizonDays)).length));
}
