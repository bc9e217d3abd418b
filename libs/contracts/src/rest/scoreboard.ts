import { z } from 'zod';
import { scoreBand } from '../events/score.event.js';
import { instant, shopId } from '../primitives.js';
import { stamp } from './common.js';
import { modelVersion } from './models.js';

const probability = z.number().min(0).max(1);
/** A measure; null where nothing can be measured. */
const measure = z.number().nullable();

/** Where a month stands to what its version was trained on. */
export const scoreBasis = z
  .enum(['live', 'afterwards', 'history'])
  .describe(
    'live: said at the time, of days that the training knew nothing of; afterwards: of such days too, but computed later; history: before the end of the training, whose outcomes the version may have learnt',
  );

const rates = {
  customers: z.int().describe('Customers marked, one mark each per month'),
  predicted: probability.nullable().describe('Mean probability of no order'),
  observed: probability.nullable().describe('Share without an order in the horizon; null while it is not known'),
  low: probability.nullable().describe('95 % by Wilson, of the observed share; overlapping windows of a customer count as one'),
  high: probability.nullable(),
} as const;
export const outcomeRates = z.object(rates);

/** Measures of marks whose outcome is known. */
export const outcomeFigures = z.object({
  population: z.enum(['all', 'active']).describe('All customers, or those with an order in the last 180 days'),
  ...rates,
  auc: measure,
  logLoss: measure.describe('In nats'),
  brier: measure,
  ece: measure.describe('Distance of predicted and observed over the tenths, weighted by their customers'),
  bands: z.array(z.object({ band: scoreBand, ...rates })),
  deciles: z.array(outcomeRates).describe('Tenths of the marks, from the lowest probability up'),
});

/** One month of a version: what was said at its start, and what came of it. */
export const scoredMonth = z.object({
  reference: instant.describe("Start of the month in the shop's zone: customers are marked with what is known then"),
  basis: scoreBasis,
  matures: instant.describe('When the outcome is known'),
  mature: z.boolean(),
  ...rates,
  bands: z.array(z.object({ band: scoreBand, ...rates })),
});

/** Whether the probabilities fit what happened, over the newest months that are known. */
export const calibrationCheck = z.object({
  months: z.int(),
  customers: z.int(),
  predicted: probability,
  observed: probability,
  difference: z.number().describe('Observed minus predicted'),
  z: z.number().describe('The difference over its standard error, overlapping windows taken into account'),
  alarm: z.boolean().describe('More than .05 and beyond three standard errors'),
  words: z.string(),
});

export const driftState = z
  .enum(['stable', 'moved', 'moved-much', 'calendar'])
  .describe('Below .1; to .25; above; calendar: the season, which is another one at each instant');
const drifted = z.object({ psi: z.number().min(0), state: driftState });

/** How far features and scores have moved, before any outcome is known: the population stability index. */
export const modelDrift = z.object({
  at: instant.describe("The shop's clock of the features"),
  customers: z.int(),
  against: z.object({
    kind: z.enum(['training', 'month']),
    at: instant.nullable().describe('Of a month its start'),
    rows: z.int(),
    words: z.string(),
  }),
  score: drifted,
  features: z.array(z.object({ name: z.string(), group: z.string(), ...drifted.shape })).describe('Largest first'),
  words: z.string(),
});

/** Predicted against happened, of every version that was marked in a shop. */
export const scoreboardAnswer = z.object({
  shop: shopId,
  ...stamp,
  versions: z.array(
    z.object({
      version: modelVersion,
      role: z.enum(['active', 'shadow', 'none']),
      horizonDays: z.int(),
      trainedOn: shopId,
      trainedAsOf: instant.describe('The last event that the version knows of'),
      words: z.string(),
      firstMatures: instant.nullable().describe('When the first outcome is known that the training did not know; null: there is one'),
      groups: z
        .array(z.object({ basis: scoreBasis, months: z.int(), populations: z.array(outcomeFigures) }))
        .describe('Never put together'),
      months: z.array(scoredMonth).describe('Newest first'),
      calibration: calibrationCheck.nullable(),
      drift: modelDrift.nullable(),
    }),
  ),
  words: z.string().nullable().describe('Why there is nothing yet'),
});

const numbers = z.record(z.string(), measure);

/** The models of a shop together: which one is used, how good it was and is, how far its customers have moved. */
export const modelsSummaryAnswer = z.object({
  shop: shopId,
  ...stamp,
  models: z.array(
    z.object({
      kind: z.enum(['churn', 'clv', 'demand']),
      version: modelVersion.nullable().describe('The active one; null where there is none'),
      reason: z.string().nullable().describe('Why there is none'),
      model: z.string().nullable(),
      trainedOn: z.string().nullable(),
      trainedAsOf: instant.nullable(),
      level: z.string().nullable().describe('How far its numbers can be trusted; of clv, whether a year is a projection'),
      tested: z
        .object({
          asOf: instant,
          customers: z.int(),
          measures: numbers,
          baselines: z.record(z.string(), numbers),
          best: numbers.nullable(),
        })
        .nullable()
        .describe(
          'The newest test of its manifest: the chosen model, the baselines on the same customers, the best possible where a law is known',
        ),
      matured: outcomeRates
        .extend({ months: z.int(), auc: measure, logLoss: measure, ece: measure })
        .nullable()
        .describe('What happened to its scores of days that the training knew nothing of'),
      maturedWords: z.string().nullable(),
      drift: z.object({ score: drifted, words: z.string(), at: instant }).nullable(),
    }),
  ),
});

export type ScoreBasis = z.output<typeof scoreBasis>;
export type OutcomeRates = z.output<typeof outcomeRates>;
export type OutcomeFigures = z.output<typeof outcomeFigures>;
export type ScoredMonth = z.output<typeof scoredMonth>;
export type CalibrationCheck = z.output<typeof calibrationCheck>;
export type DriftState = z.output<typeof driftState>;
export type ModelDrift = z.output<typeof modelDrift>;
export type ScoreboardAnswer = z.output<typeof scoreboardAnswer>;
export type ModelsSummaryAnswer = z.output<typeof modelsSummaryAnswer>;
