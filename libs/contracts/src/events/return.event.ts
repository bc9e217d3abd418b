import { z } from 'zod';
import { event } from '../envelope.js';
import { currency, id, instant, label, money, quantity, revision } from '../primitives.js';

/** One returned line. The amount is what is paid back for the line as a whole. */
export const returnLine = z.looseObject({
  line: z.int().min(1).max(1_000_000).describe('Number of the line, unique within the return'),
  orderLine: z.int().min(1).max(1_000_000).nullish().describe('The line of the order, where known'),
  productId: id.nullish(),
  quantity,
  amount: money,
  reason: label.nullish(),
});

const returnState = z.looseObject({
  returnId: id,
  revision,
  requestedAt: instant.nullish(),
  orderId: id.nullish().describe('Null where the original order is not known'),
  customerId: id.nullish().describe('Null for a guest'),
  currency,
  lines: z.array(returnLine).min(1).max(10_000),
});

export const requestedReturn = returnState.extend({ status: z.literal('requested') });
/** Only a refunded return counts in the figures, at `refundedAt`. */
export const refundedReturn = returnState.extend({ status: z.literal('refunded'), refundedAt: instant });

export const returnRequested = event('tideline.return.requested.v1', requestedReturn);
export const returnRefunded = event('tideline.return.refunded.v1', refundedReturn);

export type ReturnLine = z.infer<typeof returnLine>;
export type Return = z.infer<typeof requestedReturn> | z.infer<typeof refundedReturn>;
