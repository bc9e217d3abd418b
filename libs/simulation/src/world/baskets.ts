import { channels, channelWeights, returnReasons, returnReasonWeights } from '../law/assortment.data.js';
import { categories, leastReturnDelay, meanExtraLines, paymentMethods, paymentWeights } from '../law/constants.data.js';
import type { CampaignRun } from '../law/season.js';
import { exp } from '../random/exact-math.js';
import { Stream } from '../random/stream.js';
import { mixOf, type Law, type OrderSeed } from './buyer-path.js';
import type { Catalogue, Product } from './catalogue.js';
import { isHeldOut, type Latent } from './latent.js';

/** One line of a basket; amounts in cents. */
export interface BasketLine {
  readonly product: Product;
  readonly units: number;
  readonly price: number;
  readonly discount: number;
  readonly cost: number;
}

export interface Basket {
  readonly lines: readonly BasketLine[];
  readonly campaign: CampaignRun | undefined;
  readonly paymentMethod: string;
  readonly channel: string;
  readonly shipping: number;
}

/** What comes back of one line. */
export interface ReturnedLine {
  /** Place in the basket, from 0. */
  readonly line: number;
  readonly units: number;
  /** Cents. */
  readonly amount: number;
  readonly reason: string;
}

/** Of orders that no campaign caused: who uses its code all the same. */
const codeShare = 0.15;
const campaignDiscountPercent = 10;
/** Drawn before the product is: what its price leaves over adds units, and they come to the mean of the law, 1.82. */
const drawnExtraUnits = 0.6;
const freeShippingFrom = 5_000;
const shippingFee = 490;

/** What is in an order, at the prices of its day. */
export function basketOf(law: Law, catalogue: Catalogue, customer: number, latent: Latent, order: OrderSeed): Basket {
  const { seed, profile } = law;
  const random = new Stream(seed, 'order', customer, order.number);
  const mix = mixOf(latent);
  // The path has drawn it from the same stream: the next draws are the basket's.
  random.weighted(mix);
  const first = categories[order.category];
  const value =
    100 * profile.median * (first?.valueFactor ?? 1) * latent.type.orderValue * latent.spending * exp(profile.sigma * random.normal());
  const campaign = campaignOf(law, customer, latent, order, random);
  const count = 1 + random.poisson(meanExtraLines);
  const shares = Array.from({ length: count }, () => (count === 1 ? 1 : random.exponential(1)));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const lines = shares.map((share, index): BasketLine => {
    const wanted = index === 0 ? order.category : random.weighted(mix);
    const category = catalogue.has(wanted) ? wanted : (catalogue.products[0]?.category ?? 0);
    const cents = (value * share) / whole;
    const dearest = catalogue.dearest(category);
    const drawn = 1 + random.geometric(drawnExtraUnits);
    const product = catalogue.near(category, cents / Math.max(drawn, Math.floor(cents / dearest)), random);
    // Rounded up or down by chance, so that the mean value of a line is the one that was drawn.
    const exact = cents / product.price;
    const units = Math.max(1, Math.floor(exact) + (random.uniform() < exact - Math.floor(exact) ? 1 : 0));
    const gross = units * product.price;
    const discount = campaign ? Math.floor((gross * campaignDiscountPercent) / 100) : 0;
    return { product, units, price: product.price, discount, cost: product.cost };
  });
  const paid = lines.reduce((sum, line) => sum + line.units * line.price - line.discount, 0);
  return {
    lines,
    campaign,
    paymentMethod: paymentMethods[random.weighted(paymentWeights)] ?? paymentMethods[0],
    channel: channels[random.weighted(channelWeights)] ?? channels[0],
    shipping: paid < freeShippingFrom ? shippingFee : 0,
  };
}

/** What of a basket comes back: the first line, and each other one by chance; the money for it, less its discount. */
export function returnedLinesOf(seed: number, customer: number, order: number, basket: Basket): ReturnedLine[] {
  const random = new Stream(seed, 'returned', customer, order);
  return basket.lines.flatMap(({ units, price, discount }, line) => {
    if (line > 0 && !random.chance(0.25)) return [];
    const back = units > 1 && random.chance(0.3) ? 1 + random.below(units - 1) : units;
    return [
      {
        line,
        units: back,
        amount: back * price - Math.ceil((discount * back) / units),
        reason: returnReasons[random.weighted(returnReasonWeights)] ?? returnReasons[0],
      },
    ];
  });
}

/** The share of the way from order to refund at which the return is asked for: a day after the order, or later. */
export const requestShare = 1 / leastReturnDelay;

/** The tracked campaign that an order names: the one that caused it, or one whose code was used all the same. */
function campaignOf(law: Law, customer: number, latent: Latent, order: OrderSeed, random: Stream): CampaignRun | undefined {
  const draw = random.uniform();
  const reached = law.season.on(Math.floor(order.at)).campaigns.filter((each) => !isHeldOut(law.seed, customer, each));
  const uplift = reached.reduce((sum, { kind }) => sum + kind.uplift * latent.sensitivity, 0);
  let from = 0;
  for (const campaign of reached) {
    const caused = order.visit ? (campaign.kind.uplift * latent.sensitivity) / (1 + uplift) : 0;
    if (draw < (from += caused)) return campaign.kind.tracked ? campaign : undefined;
  }
  const other = reached.find(({ kind }) => kind.tracked);
  return draw < from + (1 - from) * codeShare ? other : undefined;
}
