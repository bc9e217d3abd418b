import { dayMs, worldStart } from '../law/calendar.js';
import { DayShape } from '../law/day-shape.js';
import { countries } from '../law/places.data.js';
import type { Names } from '../random/names.js';
import { basketOf, requestShare, returnedLinesOf, type Basket } from './baskets.js';
import { BuyerPath, type Law, type OrderSeed } from './buyer-path.js';
import { Catalogue } from './catalogue.js';
import { byTime, type PendingReturn, type Timed } from './happenings.js';
import { orderId, returnId } from './ids.js';
import { latentOf } from './latent.js';
import { countryOf, updatedAt } from './people.js';
import { registrationOf } from './registrations.js';
import { Stock, type StockCount } from './stock.js';
import { reportOf, trackedCampaign, trackedNear } from './tracked-campaigns.js';

const yesterdayIsReported = 5 * 60_000;
const week = 7;

/** What an order turned out to be. */
export interface PlacedOrder {
  readonly id: string;
  readonly basket: Basket;
}

/**
 * The world day by day. What it keeps between two days is what hangs over: who orders on which day next, what will come back
 * when, prices, what was sold lately of what is counted, and how many orders and returns there were. All of that follows from the law and the number of the day, so an
 * engine that walks there again stands at the same place, and none of it needs saving.
 */
export class DayEngine {
  readonly catalogue: Catalogue;
  readonly #stock: Stock;
  #day = 0;
  #registered = 0;
  #orders = 0;
  #returns = 0;
  readonly #buyers = new Map<number, BuyerPath[]>();
  readonly #later = new Map<number, Timed[]>();
  readonly #shapes = new Map<number, DayShape>();

  constructor(
    private readonly law: Law,
    names: Names,
  ) {
    this.catalogue = new Catalogue(law.seed, law.profile, names);
    this.#stock = new Stock(law, this.catalogue);
    for (const { offset } of countries) if (!this.#shapes.has(offset)) this.#shapes.set(offset, new DayShape(offset));
  }

  /** The day that `next` works out. */
  get day(): number {
    return this.#day;
  }

  /**
   * Everything that happens on the next day, in order. The caller hands each order to `place`, each request to `request` and each count
   * to `count`, in that order, whether it needs them or not: that numbers the first two, and lets what was sold long ago be forgotten. Prices are of the day once this has returned.
   * @param passing nobody wants the day's events: registrations are left out
   */
  next(passing = false): Timed[] {
    const day = this.#day;
    this.#day += 1;
    const found: Timed[] = this.#later.get(day) ?? [];
    this.#later.delete(day);
    this.shopEvents(day, found);
    this.registrations(day, found, passing);
    const buyers = this.#buyers.get(day) ?? [];
    this.#buyers.delete(day);
    for (const path of buyers.sort((a, b) => a.customer - b.customer)) {
      while (path.next < day + 1) {
        const order = path.take();
        found.push({ kind: 'ordered', path, order, at: this.instant(order.at, this.shapeOf(path.customer)) });
      }
      this.expect(path);
    }
    return found.sort(byTime);
  }

  /**
   * Numbers an order. Its basket is worked out when it is wanted, or when a part of it will come back.
   * @param wanted of every order of `stockMemory` before a count that is wanted, too
   */
  place(path: BuyerPath, order: OrderSeed, at: number, wanted: boolean): PlacedOrder | undefined {
    const id = orderId(this.#orders);
    this.#orders += 1;
    if (!wanted && !order.fate) return undefined;
    const basket = basketOf(this.law, this.catalogue, path.customer, path.latent, order);
    this.#stock.sold(basket.lines, at);
    if (order.fate) {
      const refund = order.at + order.fate.delay;
      const pending: PendingReturn = {
        customer: path.customer,
        order: id,
        basket,
        lines: returnedLinesOf(this.law.seed, path.customer, order.number, basket),
        requestedAt: Math.max(this.instant(order.at + order.fate.delay * requestShare), at + dayMs / 2),
        refundedAt: this.instant(refund),
        id: '',
      };
      this.remember({ kind: 'return-requested', pending, at: pending.requestedAt });
      this.remember({ kind: 'return-refunded', pending, at: pending.refundedAt });
    }
    return { id, basket };
  }

  /** Numbers a return. */
  request(pending: PendingReturn): void {
    pending.id = returnId(this.#returns);
    this.#returns += 1;
  }

  /** Finds how much lies there. */
  count(count: StockCount, at: number): void {
    this.#stock.count(count, at);
  }

  private shopEvents(day: number, found: Timed[]): void {
    const midnight = worldStart + day * dayMs;
    if (day === 0) for (const product of this.catalogue.products) found.push({ kind: 'product-listed', product, at: midnight });
    else if (day % week === 0)
      for (const product of this.catalogue.reprice(day / week)) found.push({ kind: 'product-repriced', product, at: midnight });
    for (const run of trackedNear(day)) {
      const campaign = trackedCampaign(this.law.seed, run, this.law.profile);
      if (day === run.firstDay) found.push({ kind: 'campaign-started', campaign, at: midnight });
      else found.push({ kind: 'campaign-day', report: reportOf(this.law.seed, campaign, day - 1), at: midnight + yesterdayIsReported });
      if (day === run.lastDay + 1) found.push({ kind: 'campaign-ended', campaign, at: midnight + yesterdayIsReported });
    }
    for (const { count, at } of this.#stock.on(day, midnight)) found.push({ kind: 'stock-counted', count, at });
  }

  private registrations(day: number, found: Timed[], passing: boolean): void {
    const { seed, profile } = this.law;
    for (;;) {
      const customer = this.#registered;
      const registered = registrationOf(seed, customer, profile);
      if (registered >= day + 1) return;
      this.#registered += 1;
      const updated = updatedAt(seed, customer, profile);
      if (updated !== undefined || !passing) {
        const at = this.instant(registered, this.shapeOf(customer));
        if (!passing) found.push({ kind: 'registered', customer, at });
        if (updated !== undefined) this.remember({ kind: 'customer-updated', customer, registeredAt: at, at: updated });
      }
      const latent = latentOf(seed, customer, profile);
      if (latent.buys) this.expect(new BuyerPath(this.law, customer, latent, registered));
    }
  }

  private expect(path: BuyerPath): void {
    if (path.next === Infinity) return;
    const day = Math.floor(path.next);
    const those = this.#buyers.get(day);
    if (those) those.push(path);
    else this.#buyers.set(day, [path]);
  }

  private remember(later: Timed): void {
    const day = Math.floor((later.at - worldStart) / dayMs);
    const those = this.#later.get(day);
    if (those) those.push(later);
    else this.#later.set(day, [later]);
  }

  /** @param time days since the start of the world @param shape of the day; without one the day is even */
  private instant(time: number, shape?: DayShape): number {
    const day = Math.floor(time);
    const second = shape ? shape.second(time - day) : Math.floor((time - day) * 86_400);
    return worldStart + (day * 86_400 + second) * 1_000;
  }

  private shapeOf(customer: number): DayShape {
    const shape = this.#shapes.get(countryOf(this.law.seed, customer).offset);
    if (!shape) throw new RangeError('A country without a day.');
    return shape;
  }
}
