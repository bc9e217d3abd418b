/**
 * Constants of the simulated shop. Unit of time: a day. Fitted so that profile `seed` gives the figures of
 * docs/simulation.md; a change of any of them is another world.
 */

/** Days of history: 2024, a leap year, and 2025. */
export const historyDays = 731;

/** Monday to Sunday. */
export const weekdayFactors = [1.02, 1.1, 1.14, 1.08, 0.98, 0.84, 0.84] as const;

/** January to December, at the middle of the month; between two middles it is linear. */
export const monthFactors = [0.9, 0.93, 0.92, 0.96, 0.98, 0.97, 0.95, 0.94, 0.99, 1.02, 1.24, 1.2] as const;

/** A kind of campaign, every year. */
export interface CampaignKind {
  readonly name: string;
  /** 1 = 1 January. */
  readonly firstDayOfYear: number;
  readonly days: number;
  /** Demand is multiplied by 1 + uplift x sensitivity. */
  readonly uplift: number;
  /** Has a budget, and its spend, impressions and clicks are reported. All twelve kinds move demand. */
  readonly tracked: boolean;
}

export const campaignKinds: readonly CampaignKind[] = [
  { name: 'Winter Sale', firstDayOfYear: 8, days: 14, uplift: 0.2, tracked: false },
  { name: 'Valentine Special', firstDayOfYear: 38, days: 8, uplift: 0.15, tracked: true },
  { name: 'Easter Promotion', firstDayOfYear: 92, days: 10, uplift: 0.2, tracked: true },
  { name: "Mother's Day", firstDayOfYear: 125, days: 9, uplift: 0.15, tracked: false },
  { name: 'Summer Sale', firstDayOfYear: 176, days: 16, uplift: 0.3, tracked: true },
  { name: 'Prime-like Days', firstDayOfYear: 192, days: 3, uplift: 0.35, tracked: false },
  { name: 'Back to School', firstDayOfYear: 232, days: 14, uplift: 0.15, tracked: false },
  { name: 'Autumn Launch', firstDayOfYear: 262, days: 7, uplift: 0.1, tracked: false },
  { name: 'Singles Day', firstDayOfYear: 314, days: 2, uplift: 0.4, tracked: false },
  { name: 'Black Friday', firstDayOfYear: 326, days: 4, uplift: 1.1, tracked: true },
  { name: 'Cyber Monday', firstDayOfYear: 330, days: 2, uplift: 0.9, tracked: true },
  { name: 'Christmas Gifts', firstDayOfYear: 338, days: 16, uplift: 0.35, tracked: true },
];

/** Share of customers who are left out of each campaign. */
export const heldOutShare = 0.1;

/** What a customer is like. Latent: no event ever says it. */
export interface CustomerType {
  readonly name: string;
  readonly weight: number;
  readonly rate: number;
  readonly dropout: number;
  readonly orderValue: number;
  readonly returns: number;
  /** Factors on the weights of `categories`, in their order. */
  readonly tilt: readonly number[];
}

export const customerTypes: readonly CustomerType[] = [
  { name: 'loyal', weight: 0.15, rate: 1.9, dropout: 0.45, orderValue: 1.15, returns: 0.8, tilt: [1.2, 0.8, 1, 1, 1, 0.8, 1, 2.0, 1, 1.1] },
  { name: 'regular', weight: 0.35, rate: 1.15, dropout: 0.85, orderValue: 1.0, returns: 0.95, tilt: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
  {
    name: 'bargain',
    weight: 0.22,
    rate: 0.8,
    dropout: 1.2,
    orderValue: 0.8,
    returns: 1.3,
    tilt: [0.8, 1.5, 1, 1.3, 1, 0.8, 0.7, 0.9, 0.8, 0.7],
  },
  {
    name: 'gift',
    weight: 0.18,
    rate: 0.75,
    dropout: 1.0,
    orderValue: 1.1,
    returns: 0.9,
    tilt: [0.9, 0.7, 1, 1.2, 0.8, 2.4, 1.6, 0.4, 1, 0.5],
  },
  {
    name: 'trial',
    weight: 0.1,
    rate: 0.35,
    dropout: 2.2,
    orderValue: 0.75,
    returns: 1.3,
    tilt: [1.3, 1, 0.9, 0.8, 1.3, 1, 1, 0.5, 1.2, 1.5],
  },
];

export interface Category {
  readonly name: string;
  readonly weight: number;
  readonly returnProbability: number;
  readonly meanReturnDelay: number;
  readonly valueFactor: number;
}

export const categories: readonly Category[] = [
  { name: 'Electronics', weight: 0.2, returnProbability: 0.04, meanReturnDelay: 9, valueFactor: 1.9 },
  { name: 'Fashion', weight: 0.17, returnProbability: 0.085, meanReturnDelay: 7, valueFactor: 0.8 },
  { name: 'Home', weight: 0.14, returnProbability: 0.03, meanReturnDelay: 12, valueFactor: 1.1 },
  { name: 'Beauty', weight: 0.1, returnProbability: 0.015, meanReturnDelay: 8, valueFactor: 0.5 },
  { name: 'Sports', weight: 0.09, returnProbability: 0.035, meanReturnDelay: 10, valueFactor: 0.9 },
  { name: 'Toys', weight: 0.08, returnProbability: 0.025, meanReturnDelay: 9, valueFactor: 0.6 },
  { name: 'Books', weight: 0.07, returnProbability: 0.01, meanReturnDelay: 12, valueFactor: 0.35 },
  { name: 'Grocery', weight: 0.06, returnProbability: 0.004, meanReturnDelay: 3, valueFactor: 0.4 },
  { name: 'Garden', weight: 0.05, returnProbability: 0.02, meanReturnDelay: 14, valueFactor: 0.9 },
  { name: 'Auto', weight: 0.04, returnProbability: 0.03, meanReturnDelay: 11, valueFactor: 1.4 },
];

export const productZipf = 0.8;
/** Lines of an order: 1 + Poisson. */
export const meanExtraLines = 0.6;
/** A refund comes this many days after the order, plus Gamma(2, mean of the category). */
export const leastReturnDelay = 2;
export const highestReturnProbability = 0.9;
/** Prices move by at most this share of the list price; demand answers with this elasticity. */
export const priceMove = 0.15;
export const elasticity = -1.2;
/** Share of the products whose price moves in a week. */
export const weeklyMovers = 0.05;

/** How the shop keeps stock; `world/stock.ts` says what follows. */
export const stockLaw = {
  /** Of its products so many are counted, those that sell most; in a large shop no more than a person can. */
  countedShare: 0.1,
  mostCounted: 100,
  /** From one review to the next, whole weeks. */
  cycleDays: 28,
  /** From the review to the delivery that it orders. */
  leadDays: 7,
  /** Sales that a level is made of. */
  lookBackDays: 56,
  /** Variance of what a product sells in a cycle, over its mean: units come in lumps. */
  clump: 4,
  /** Standard deviations above the mean that a level lasts for. */
  deviations: 2,
  /** Customers whose first orders say what sells most, per product. */
  sampledPerProduct: 5,
} as const;

export const paymentMethods = ['card', 'paypal', 'wallet', 'transfer', 'cash'] as const;
export const paymentWeights = [0.52, 0.24, 0.12, 0.09, 0.03] as const;

/** When people order, in their own zone. */
export const hours = [
  { mean: 12.5, sd: 2.5, weight: 0.4 },
  { mean: 20.5, sd: 2.0, weight: 0.6 },
] as const;
