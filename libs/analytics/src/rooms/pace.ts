import type { OrderArrival, Shop } from '#warehouse';

type Moments = Omit<OrderArrival, 'order'>;

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
  /** The window of which there are no others: both its ends move once a second. */
  #swept: Window | undefined;

  get size(): number {
    return this.#orders.size;
  }

  /** With further ones. @param real Unix milliseconds */
  add(arrivals: readonly OrderArrival[], time: ShopTime, real: number): this {
    const window = windowOf(time, real);
    this.sweep(window);
    // What does not count takes nothing from what does: an old copy may come after a revision of now.
    for (const { order, ...at } of arrivals) if (isIn(window, at)) this.#orders.set(order, newest(at, this.#orders.get(order)));
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
    this.sweep(windowOf(time, real));
    return this.#orders.size;
  }

  /** Lets those go that can count no more, for neither clock goes back. There may be hundreds of thousands, and it is asked ten times a second. */
  private sweep(window: Window): void {
    if (this.#swept?.second === window.second && this.#swept.recorded === window.recorded) return;
    for (const [order, at] of this.#orders) if (!isIn(window, at)) this.#orders.delete(order);
    this.#swept = window;
  }
}

/** As `orderArrivalsSql` has it: the later of either. */
function newest(at: Moments, known: Moments = at): Moments {
  return { second: Math.max(at.second, known.second), recorded: Math.max(at.recorded, known.recorded) };
}

/** The earliest moments of the minute that ends now. */
type Window = Moments;

function windowOf(time: ShopTime, real: number): Window {
  return { second: Math.ceil(real / 1_000 - paceSeconds), recorded: recordedSince(time) };
}

function isIn(window: Window, at: Moments): boolean {
  return at.second >= window.second && at.recorded >= window.recorded;
}
