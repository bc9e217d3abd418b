import { z } from 'zod';
import { event } from '../envelope.js';
import { currency, id, instant, label, money, quantity, revision } from '../primitives.js';

/** One line of an order. Gross of the line = quantity x unitPrice. */
export const orderLine = z.looseObject({
  line: z.int().min(1).max(1_000_000).describe('Number of the line, unique within the order'),
  productId: id.nullish().describe('Null where the shop does not know the product'),
  quantity,
  unitPrice: money,
  discount: money.optional().describe('Discount on the whole line; default 0'),
  unitCost: money.nullish().describe('Cost of one unit at the time of sale, where known'),
});

const order = z.looseObject({
  orderId: id,
  revision,
  orderedAt: instant.describe("The order's instant: that of its earliest line"),
  customerId: id.nullish().describe('Null for a guest'),
  currency,
  paymentMethod: label.nullish(),
  channel: label.nullish(),
  country: label.nullish(),
  region: label.nullish(),
  city: label.nullish(),
  campaignId: id.nullish(),
  discount: money.optional().describe('Discount on the order as a whole, not contained in the lines; default 0'),
  shipping: money.optional(),
  tax: money.optional(),
  lines: z.array(orderLine).min(1).max(10_000),
});

/** Full state of a live order. */
export const liveOrder = order.extend({ status: z.literal('placed') });
/** Full state of a cancelled order; a higher revision may revive it. */
export const cancelledOrder = order.extend({ status: z.literal('cancelled') });

export const transactionPlaced = event('tideline.transaction.placed.v1', liveOrder);
export const transactionCorrected = event('tideline.transaction.corrected.v1', liveOrder);
export const transactionCancelled = event('tideline.transaction.cancelled.v1', cancelledOrder);

export type OrderLine = z.infer<typeof orderLine>;
export type Order = z.infer<typeof liveOrder> | z.infer<typeof cancelledOrder>;
