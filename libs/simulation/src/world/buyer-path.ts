import { lastDay } from '../law/calendar.js';
import { categories, customerTypes, highestReturnProbability, leastReturnDelay } from '../law/constants.data.js';
import type { Profile } from '../law/profiles.js';
import type { Season } from '../law/season.js';
import { exp } from '../random/exact-math.js';
import { Stream } from '../random/stream.js';
import { isHeldOut, type Latent } from './latent.js';

/** That an order comes back. */
export interface ReturnFate {
  /** Days from the order to the refund. */
  readonly delay: number;
  /** It ends the relation. */
  readonly ends: boolean;
}

/** What is decided of an order before its lines are. */
export interface OrderSeed {
  /** 0 is the customer's first. */
  readonly number: number;
  /** Days since the start of the world. */
  readonly at: number;
  readonly category: number;
  readonly fate: ReturnFate | undefined;
  /** A visit of its own, not a first order or a follow-up: campaigns move only those. */
  readonly visit: boolean;
}

/** Everything that is the same for all customers of a world. */
export interface Law {
  readonly seed: number;
  readonly profile: Profile;
  readonly season: Season;
}

/** Weights of the categories for each type of customer. */
const mixes = new Map(customerTypes.map((type) => [type, categories.map(({ weight }, index) => weight * (type.tilt[index] ?? 1))]));

export function mixOf(latent: Latent): readonly number[] {
  return mixes.get(latent.type) ?? [];
}

/**
 * A buyer's orders, one after the other, without an end: they follow from (seed, customer) alone, so a path can be walked
 * again to any day. Visits are thinned from a Poisson process (Lewis and Shedler 1979); each order may bring a follow-up.
 */
export class BuyerPath {
  /** Days since the start of the world; Infinity when no order follows. */
  next: number;
  readonly #random: Stream;
  readonly #first: number;
  readonly #followUps: number[] = [];
  #visit: number;
  #end: number;
  #count = 0;

  /** @param registered days since the start of the world */
  constructor(
    private readonly law: Law,
    readonly customer: number,
    readonly latent: Latent,
    registered: number,
  ) {
    this.#random = new Stream(law.seed, 'path', customer);
    this.#first = registered + this.#random.exponential(law.profile.firstOrderDelay);
    this.#end = this.#first + (latent.dropout > 0 ? this.#random.exponential(1 / latent.dropout) : Infinity);
    this.next = this.#first;
    this.#visit = this.#first;
  }

  /** When the relation ends, as far as the orders taken so far decide it; days since the start of the world. */
  get end(): number {
    return this.#end;
  }

  /** Takes the next order and works out the one after it. */
  take(): OrderSeed {
    const { profile, seed } = this.law;
    const at = this.next;
    const number = this.#count;
    this.#count += 1;
    const category = new Stream(seed, 'order', this.customer, number).weighted(mixOf(this.latent));
    const fate = this.fateOf(number, category);
    if (fate?.ends) this.#end = Math.min(this.#end, at + fate.delay);
    const visit = at === this.#visit && number > 0;
    if (at === this.#visit) this.#visit = this.nextVisit(at);
    else this.#followUps.splice(this.#followUps.indexOf(at), 1);
    if (this.#random.chance(profile.q)) this.#followUps.push(at + this.#random.exponential(1 / profile.kappa));
    this.next = Math.min(this.#visit, ...this.#followUps);
    if (this.next >= this.#end) this.next = Infinity;
    return { number, at, category, fate, visit };
  }

  private nextVisit(after: number): number {
    const { season, profile } = this.law;
    const mean = 1 / (this.latent.rate * season.bound);
    let at = after;
    for (;;) {
      at += this.#random.exponential(mean);
      if (at >= this.#end || at >= lastDay) return Infinity;
      const dip = profile.rho > 0 ? 1 - profile.rho * exp(-Math.min(600, (at - this.#first) / profile.tau)) : 1;
      if (this.#random.uniform() * season.bound < this.demand(Math.floor(at)) * dip) return at;
    }
  }

  /** The season's factor for this customer on a day. */
  private demand(day: number): number {
    const { factor, campaigns } = this.law.season.on(day);
    let uplift = 0;
    for (const campaign of campaigns) {
      if (!isHeldOut(this.law.seed, this.customer, campaign)) uplift += campaign.kind.uplift * this.latent.sensitivity;
    }
    return factor * (1 + uplift);
  }

  private fateOf(order: number, category: number): ReturnFate | undefined {
    const { seed, profile } = this.law;
    const law = categories[category];
    if (!law) return undefined;
    const random = new Stream(seed, 'return', this.customer, order);
    const probability = Math.min(profile.returnsFactor * law.returnProbability * this.latent.type.returns, highestReturnProbability);
    if (!random.chance(probability)) return undefined;
    const delay = leastReturnDelay + (random.gamma(2) * law.meanReturnDelay) / 2;
    return { delay, ends: random.chance(profile.delta) };
  }
}
