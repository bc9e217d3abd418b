import { z } from 'zod';
import { calendarDate, instant, label, shopId } from '../primitives.js';
import { alertRuleBody, alertRuleId } from './alerts.js';
import { amount, stamp } from './common.js';

/** Longest stretch that a rule can be tried on: a next crossing is looked for within a year. */
export const mostBacktestWeeks = 52;

/** A rule as it would be put, to be tried on the weeks that are over. */
export const backtestBody = z.strictObject({
  ...alertRuleBody.shape,
  rule: alertRuleId.describe('Its id, as in the path of a PUT: the draw and the dealing of the cap hang on it'),
  weeks: z
    .int()
    .min(1, 'must be at least 1')
    .max(mostBacktestWeeks, `must be at most ${mostBacktestWeeks}`)
    .default(26)
    .describe("Up to the shop's clock, as far as everything is settled"),
});

const share = z.number().min(0).max(1);
const outcome = z.object({
  alerts: z.int(),
  known: z.int().describe('Of which the days after are over'),
  notYetKnown: z.int(),
  gone: z.int().describe('No order in the days after'),
  precision: share.nullable().describe('gone / known; null where nothing is known'),
  low: share.nullable().describe('95 % interval by Wilson; alerts about one customer count as a cluster (Rao and Scott)'),
  high: share.nullable(),
  base: z
    .object({ all: share.nullable(), active: share.nullable() })
    .describe(
      'Share of customers without an order in the days after, in the same weeks: of all, and of those with an order in the last 180 days',
    ),
  lift: z.object({ all: z.number().nullable(), active: z.number().nullable() }).describe('precision / base'),
});

export const backtestAnswer = z.object({
  shop: shopId,
  rule: alertRuleId,
  from: instant,
  to: instant,
  weeks: z.number().describe('How many there were, at most as many as were asked for'),
  asked: z.int(),
  model: z.object({
    version: z.string(),
    trainedOn: shopId,
    trainedUntil: instant.describe('What came until then the model may have seen'),
  }),
  bandChanges: z.int().describe('Scores that would have been said'),
  alreadyInside: z.int().describe('Customers who were in the band as the weeks began: no alert, as if it had been sent before'),
  alerts: z.object({
    sent: z.int(),
    customers: z.int(),
    meanPerDay: z.number(),
    mostPerDay: z.int(),
    daysAtCap: z.int().describe('Days on which the cap kept an alert back'),
    netValueAtStake: amount.describe('Of all alerts; a customer who was alerted twice counts twice'),
    perDay: z.array(z.object({ day: calendarDate, alerts: z.int(), keptBack: z.int().describe('By the cap') })),
  }),
  suppressed: z.record(z.string(), z.int()).describe('Alerts that would not have been sent, by reason'),
  horizonDays: z.int(),
  outcome: z.object({
    all: outcome,
    seen: outcome.describe('Alerts before trainedUntil: the model may have learnt from how they ended'),
    unseen: outcome.describe('Alerts after it'),
  }),
  overlap: z
    .array(
      z.object({
        rule: alertRuleId,
        revision: z.int(),
        name: label,
        sent: z.int().describe('Alerts of that rule, had it been alone'),
        shared: z.int().describe('Customers of the tried rule, had it been alone, whom that rule alerts within 30 days before or after'),
        share: share.nullable().describe('Of all customers of the tried rule'),
      }),
    )
    .describe('With every current rule that is on; the rule that this one would replace among them'),
  notes: z.array(z.string()).describe('What these figures do not say, in words'),
  ...stamp,
});

export type BacktestBody = z.output<typeof backtestBody>;
export type BacktestAnswer = z.output<typeof backtestAnswer>;
export type BacktestOutcome = z.output<typeof outcome>;
