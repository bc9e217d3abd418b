import { z } from 'zod';
import { scoreBand, scoreCause } from '../events/score.event.js';
import { id, instant, label, shopId } from '../primitives.js';
import { amount, stamp } from './common.js';
import { modelVersion } from './models.js';

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

const predicted = { model: modelVersion, value: amount.describe("Net sales expected in the horizon, in the shop's currency; an estimate") };

/** What one customer is expected to bring, said when it is asked for. */
export const customerValueAnswer = z.object({
  customerId: id,
  ...stamp,
  ...predicted,
  currency: z.string(),
  horizonDays: z.int(),
  projection: z.boolean().describe('Whether the model learnt from windows shorter than the horizon and carried on from there'),
  words: z.string().describe('What kind of a year it is'),
  reasons: z.array(label).describe('What moves it away from MBG/NBD times Gamma-Gamma, in words, the strongest first'),
  shadow: z.object(predicted).nullable().describe('What the shadow says, where the shop has one; nothing follows from it'),
});

export const customerParam = z.object({ shop: shopId, id });

export type ScoresSummaryAnswer = z.output<typeof scoresSummaryAnswer>;
export type CustomerValueAnswer = z.output<typeof customerValueAnswer>;
export type CustomerScoreAnswer = z.output<typeof customerScoreAnswer>;
