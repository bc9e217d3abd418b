import type { Shop } from '#warehouse';

/** When an order came. */
export interface Arrival {
  readonly order: string;
  /** Unix second in which it reached the ledger. */
  readonly second: number;
  /** When the shop knew of it, Unix milliseconds. */
  readonly recorded: number;
}

type Moments = Omit<Arrival, 'order'>;

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

/** The shop's time one real minute ago, Unix milliseconds: what was recorded before it is history, however late it arrived. */
export function recordedSince({ now, speed }: ShopTime): number {
  const second = Math.max(1, Math.round(speed * 1_000));
  return Math.floor(now / second) * second - paceSeconds * second;
}

/**
 * The orders of the last real minute, each by its newest arrival: one that is delivered twice, or placed again as a later revision, is one
 * order.
 */
export class Arrivals {
  readonly #orders = new Map<string, Moments>();
  /** Unix second. */
  #sweptIn: number | undefined;

  get size(): number {
    return this.#orders.size;
  }

  /** With further ones; those that can count no more are let go, once a second, for neither clock goes back. @param real Unix milliseconds */
  add(arrivals: readonly Arrival[], time: ShopTime, real: number): this {
    const counts = windowOf(time, real);
    // What does not count takes nothing from what does: an old copy may come after a revision of now.
    for (const { order, ...at } of arrivals) if (counts(at)) this.#orders.set(order, newest(at, this.#orders.get(order)));
    const second = Math.floor(real / 1_000);
    if (second !== this.#sweptIn) for (const [order, at] of this.#orders) if (!counts(at)) this.#orders.delete(order);
    this.#sweptIn = second;
    return this;
  }

  /**
   * Orders per real minute: those that arrived within the last real minute **and** were recorded within it. A history that streams in,
   * an import or a backlog after an outage arrives in a minute too, and says nothing about how fast the shop sells.
   * @param real Unix milliseconds
   * @returns null while the shop has no time of its own
   */
  perRealMinute(time: ShopTime | null, real: number): number | null {
    if (!time) return null;
    const counts = windowOf(time, real);
    let orders = 0;
    // There may be tens of thousands, and it is asked ten times a second.
    for (const at of this.#orders.values()) if (counts(at)) orders += 1;
    return orders;
  }
}

/** As `orderArrivalsSql` has it: the later of either. */
function newest(at: Moments, known: Moments = at): Moments {
  return { second: Math.max(at.second, known.second), recorded: Math.max(at.recorded, known.recorded) };
}

/** Whether an order is of the minute that ends now. */
function windowOf(time: ShopTime, real: number): (at: Moments) => boolean {
  const [from, since] = [real / 1_000 - paceSeconds, recordedSince(time)];
  return ({ second, recorded }) => second >= from && recorded >= since;
}
