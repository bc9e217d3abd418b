import type { OrderSeed, BuyerPath } from './buyer-path.js';
import type { Basket, ReturnedLine } from './baskets.js';
import type { Product } from './catalogue.js';
import type { StockCount } from './stock.js';
import type { CampaignReport, TrackedCampaign } from './tracked-campaigns.js';

/** An order that will come back, kept from the order until its refund. */
export interface PendingReturn {
  readonly customer: number;
  readonly order: string;
  readonly basket: Basket;
  readonly lines: readonly ReturnedLine[];
  /** Instants, Unix milliseconds. */
  readonly requestedAt: number;
  readonly refundedAt: number;
  /** Given when it is asked for. */
  id: string;
}

/** What can happen in the world, as data; events are made of it. Order of the kinds within one second: as they stand here. */
export type Happening =
  | { readonly kind: 'product-listed'; readonly product: Product }
  | { readonly kind: 'product-repriced'; readonly product: Product }
  | { readonly kind: 'campaign-day'; readonly report: CampaignReport }
  | { readonly kind: 'campaign-ended'; readonly campaign: TrackedCampaign }
  | { readonly kind: 'campaign-started'; readonly campaign: TrackedCampaign }
  | { readonly kind: 'registered'; readonly customer: number }
  | { readonly kind: 'customer-updated'; readonly customer: number; readonly registeredAt: number }
  | { readonly kind: 'ordered'; readonly path: BuyerPath; readonly order: OrderSeed }
  | { readonly kind: 'stock-counted'; readonly count: StockCount }
  | { readonly kind: 'return-requested'; readonly pending: PendingReturn }
  | { readonly kind: 'return-refunded'; readonly pending: PendingReturn };

/** A happening with its instant, Unix milliseconds, whole seconds. */
export type Timed = Happening & { readonly at: number };

const ranks: Readonly<Record<Happening['kind'], number>> = {
  'product-listed': 0,
  'product-repriced': 1,
  'campaign-day': 2,
  'campaign-ended': 3,
  'campaign-started': 4,
  registered: 5,
  'customer-updated': 6,
  ordered: 7,
  'stock-counted': 8,
  'return-requested': 9,
  'return-refunded': 10,
};

/** By time, then by kind; what is equal in both stays as it was found, which is by entity. */
export function byTime(a: Timed, b: Timed): number {
  return a.at - b.at || ranks[a.kind] - ranks[b.kind];
}
