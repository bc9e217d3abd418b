import { z } from 'zod';
import { scoreBand, scoreCause } from '../events/score.event.js';
import { id, instant, label, shopId } from '../primitives.js';
import { amount } from './common.js';

const probability = z.number().min(0).max(1);

/** How a shop's customers stand by the model that counts. */
export const scoresSummaryAnswer = z.object({
  shop: shopId,
  model: z.string().nullable().describe('Version of the model; null where nobody was scored yet'),
  asOf: instant.nullable().describe("The shop's clock up to which silence was decided on; null where nobody was scored yet"),
  complete: z
    .boolean()
    .describe('False while every customer is looked at once: after the first start, and after another model was promoted'),
  customers: z.int().describe('Customers with a score'),
  meanProbability: probability.nullable().describe('Of no order in the next 90 days'),
  bands: z.array(z.object({ band: scoreBand, customers: z.int(), meanProbability: probability.nullable() })),
  nextCrossing: instant.nullable().describe('When the next band changes if nothing happens'),
});

/** The newest decision on one customer. */
export const customerScoreAnswer = z.object({
  customerId: id,
  model: z.string(),
  decidedAt: instant,
  cause: scoreCause,
  probability,
  band: scoreBand,
  previousBand: scoreBand.nullable().describe('Before this decision'),
  reasons: z.array(label).describe('In words, the strongest first'),
  nextCrossing: instant
    .nullable()
    .describe('When the band changes if nothing happens, or, where it does not within a year, when the customer is looked at again'),
  orders: z.int(),
  netValueAtStake: amount.describe('Net sales of the 365 days before'),
});

export const customerParam = z.object({ shop: shopId, id });

export type ScoresSummaryAnswer = z.output<typeof scoresSummaryAnswer>;
export type CustomerScoreAnswer = z.output<typeof customerScoreAnswer>;
