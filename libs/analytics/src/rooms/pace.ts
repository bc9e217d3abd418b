import type { Shop } from '#warehouse';

/** Orders that came together: in one second of the ledger, and of one moment of the shop. */
export interface Arrivals {
  /** Unix second in which they reached the ledger. */
  readonly second: number;
  /** When the shop knew of them, Unix milliseconds, rounded down to `paceStep`. */
  readonly recorded: number;
  readonly orders: number;
}

/** A shop's time beside real time. */
export interface ShopTime {
  /** Unix milliseconds. */
  readonly now: number;
  /** Shop seconds per real second. */
  readonly speed: number;
}

/** What a pace looks back on, in real seconds. */
export const paceSeconds = 60;

/**
 * The time that orders are recorded on. A source has told its own with a tick, or has none yet. All others live in real time, also a
 * shop on its data's clock: a file of last year has no pace today.
 * @param clock the shop's clock as an ISO instant
 * @param speed of the source's newest tick
 * @param real Unix milliseconds
 */
export function shopTimeOf(mode: Shop['clockMode'], clock: string | null, speed: number | null, real: number): ShopTime | null {
  if (mode !== 'source') return { now: real, speed: 1 };
  return clock === null || speed === null ? null : { now: Date.parse(clock), speed };
}

/** One real second of the shop, in milliseconds of its time: orders are counted together that lie no further apart. */
export function paceStep({ speed }: ShopTime): number {
  return Math.max(1, Math.round(speed * 1_000));
}

/** The shop's time one real minute ago, Unix milliseconds: what was recorded before it is history, however late it arrived. */
export function recordedSince(time: ShopTime): number {
  const step = paceStep(time);
  return Math.floor(time.now / step) * step - paceSeconds * step;
}

/**
 * Orders per real minute: those that arrived within the last real minute **and** were recorded within it. A history that streams in,
 * an import or a backlog after an outage arrives in a minute too, and says nothing about how fast the shop sells.
 * @param real Unix milliseconds
 * @returns null while the shop has no time of its own
 */
export function ordersPerRealMinute(arrivals: readonly Arrivals[], time: ShopTime | null, real: number): number | null {
  if (time === null) return null;
  const [since, recorded] = [real / 1_000 - paceSeconds, recordedSince(time)];
  return arrivals.reduce((sum, each) => sum + (each.second >= since && each.recorded >= recorded ? each.orders : 0), 0);
}

/** Arrivals with further orders; those that can count no more are left out, for neither clock goes back. */
export function withOrders(
  before: readonly Arrivals[],
  orders: readonly { readonly second: number; readonly recorded: number }[],
  time: ShopTime,
  real: number,
): Arrivals[] {
  const [since, recordedFrom, step] = [Math.floor(real / 1_000) - paceSeconds, recordedSince(time), paceStep(time)];
  const found = new Map<string, Arrivals>();
  const add = ({ second, recorded, orders: count }: Arrivals): void => {
    if (second < since || recorded < recordedFrom) return;
    const key = `${second} ${recorded}`;
    found.set(key, { second, recorded, orders: (found.get(key)?.orders ?? 0) + count });
  };
  for (const each of before) add(each);
  for (const { second, recorded } of orders) add({ second, recorded: Math.floor(recorded / step) * step, orders: 1 });
  return [...found.values()];
}
