import { z } from 'zod';
import { event } from '../envelope.js';
import { id, instant, label, money } from '../primitives.js';

/** What a probability means to people. Where one begins is data of the scorer. */
export const scoreBand = z.enum(['low', 'medium', 'high']);

/**
 * What brought a decision about: an event of the customer, silence that lasted to a computed instant, another model, or the first look
 * at the shop.
 */
export const scoreCause = z.enum(['event', 'silence', 'model', 'first']);

/**
 * A customer's band changed, or is known for the first time. Of one customer `decidedAt` never goes back. A decision follows from the
 * ledger alone: one that is sent again has the same id and the same content.
 */
export const customerScore = z.looseObject({
  customerId: id,
  kind: z.literal('churn'),
  model: id.describe('Version id of the model'),
  decidedAt: instant.describe('recordedtime of the event, or the instant at which silence crossed a band; never the wall clock'),
  cause: scoreCause,
  probability: z.number().min(0).max(1),
  band: scoreBand,
  previousBand: scoreBand.nullable().describe("The customer's band before, by the model that was then active; null where it had none"),
  orders: z.int().min(1).describe('Orders known at decidedAt'),
  netValueAtStake: money.describe(
    'Gross sales less discounts and refunds of the 365 days before decidedAt; 0 where refunds exceed the sales: then nothing is at stake',
  ),
  reasons: z.array(label).max(3).describe('In words, the strongest first'),
  muted: z.boolean().describe('While history or an import is loaded: recorded, never delivered'),
});

export const customerScored = event('tideline.customer.scored.v1', customerScore);
export type ScoreBand = z.infer<typeof scoreBand>;
export type ScoreCause = z.infer<typeof scoreCause>;
export type CustomerScore = z.infer<typeof customerScore>;
