import { z } from 'zod';
import { alertStates, alertSteps } from '../events/alert.event.js';
import { id, instant, label, money, shopId } from '../primitives.js';
import { amount, stamp } from './common.js';

/** Why an alert was not sent, in the order in which it is looked for: the first that holds is the one written down. */
export const suppressionReasons = [
  'muted',
  'thin-data',
  'below-value',
  'consent',
  'duplicate',
  'held-out-elsewhere',
  'cool-down',
  'quiet-hours',
  'cap',
  'holdout',
] as const;

/** Segments of RFM, best first. */
export const rfmSegments = ['Champions', 'Loyal Customers', 'Potential Loyalist', 'At Risk', 'Needs Attention', 'Lost'] as const;

export const alertRuleId = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens, starting with a letter');

const timeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'must be a time of day such as 22:00');

const quietHours = z
  .strictObject({ from: timeOfDay.describe('Included'), to: timeOfDay.describe('Not included; before `from`: the next morning') })
  .refine(({ from, to }) => from !== to, 'from and to are the same: that would be the whole day. Switch the rule off instead');

const ruleFields = {
  name: label.max(100),
  on: z.boolean().default(true).describe('Off: it opens nothing; alerts that are open go on'),
  band: z
    .enum(['medium', 'high'], {
      error: 'must be medium (from 0.4) or high (from 0.7): low is everybody else, there is nothing to be alarmed at',
    })
    .describe('The customer enters it: an alert. It is below it again: recovered'),
  minNetValue: money.default('0').describe('Net sales of the last 365 days at least'),
  minOrders: z.int().min(1, 'must be at least 1: a score needs an order').max(1_000, 'must be at most 1000').default(1),
  segment: z.enum(rfmSegments).nullable().default(null).describe('RFM segment of the customer; null: any'),
  channel: label.nullable().default(null).describe('Acquisition channel of the customer; null: any'),
  consent: z
    .enum(['unless-refused', 'required'])
    .default('unless-refused')
    .describe('Of whom nothing is known: `unless-refused` sends, `required` does not'),
  capPerDay: z
    .int()
    .min(1, 'must be at least 1: to send nothing switch the rule off')
    .max(1_000_000)
    .nullable()
    .default(50)
    .describe('Alerts of a day of the shop at most; null: no limit'),
  quietHours: quietHours.nullable().default(null).describe("By the shop's clock and zone"),
  cooldownDays: z.int().min(0).max(365).default(30).describe('No second alert about a customer for so many days'),
  expireDays: z.int().min(1, 'must be at least 1 day').max(365, 'must be at most 365 days').default(30),
  holdout: z
    .number()
    .min(0)
    .max(0.5, 'must be at most 0.5: more customers would be left alone than written to')
    .default(0.1)
    .describe('Share of customers of whom no alert is sent, so that its effect can be known'),
} as const;

/** A rule as it is put. `revision` is the one it replaces: who had seen another one is refused. */
export const alertRuleBody = z.strictObject({
  ...ruleFields,
  revision: z.int().min(0).describe('Of the rule this one replaces; 0 for a new one and for the default as it comes'),
});

export const alertRule = z.object({
  id: alertRuleId,
  revision: z.int().min(0),
  from: instant.nullable().describe('Shop time from which decisions follow this revision; null: from the beginning'),
  by: z.string(),
  ...ruleFields,
});
export const alertRulesAnswer = z.object({ rules: z.array(alertRule) });

/** How far somebody has come with an alert, or an alarm. */
export const caseFields = {
  state: z.enum(alertStates),
  snoozedUntil: instant.nullable(),
  assignee: z.string().nullable(),
  acknowledged: z.object({ by: z.string(), at: instant }).nullable(),
  acted: z.object({ by: z.string(), at: instant, action: z.string() }).nullable(),
  rated: z.object({ by: z.string(), at: instant, useful: z.boolean() }).nullable(),
} as const;

const money0 = amount.describe('Net sales of the 365 days before the alert');

/** An alert as a list shows it. */
export const alertItem = z.object({
  alertId: id,
  customerId: id,
  rule: alertRuleId,
  ruleRevision: z.int(),
  band: z.enum(['medium', 'high']),
  model: z.string(),
  probability: z.number(),
  orders: z.int(),
  netValueAtStake: money0,
  reasons: z.array(z.string()),
  openedAt: instant,
  decidedAt: instant.describe('Shop time of the last step that changed its state'),
  movedAt: instant.describe('Shop time of the last step'),
  expiresAt: instant,
  ...caseFields,
});

export const alertLogEntry = z.object({
  at: instant,
  step: z.enum(alertSteps).nullable().describe('null: a command that was refused'),
  refused: z.string().nullable().describe('Code of the refusal'),
  by: z.string().nullable(),
  detail: z.string(),
  state: z.enum(alertStates),
});

const page = { limit: z.coerce.number().int().min(1).max(500).default(50), before: z.string().max(200).optional() } as const;
const next = z.string().nullable().describe('`before` of the next page; null: this was the last');

/** What stands first: what was decided last, or where most is at stake. */
export const alertSorts = ['newest', 'value'] as const;
export const alertSort = z.enum(alertSorts).default('newest').describe('value: the largest net value at stake first');

export const alertsQuery = z.strictObject({
  ...page,
  sort: alertSort,
  state: z
    .enum([...alertStates, 'live'])
    .optional()
    .describe('live: open, acknowledged or acted'),
  rule: alertRuleId.optional(),
  assignee: label.optional(),
  customer: id.optional(),
});
export const alertCounts = z.object({ open: z.int(), acknowledged: z.int(), acted: z.int(), recovered: z.int(), expired: z.int() });
export const alertsAnswer = z.object({ shop: shopId, alerts: z.array(alertItem), next, counts: alertCounts });
export const alertAnswer = z.object({ shop: shopId, alert: alertItem, log: z.array(alertLogEntry) });

/** A command as it is asked of the API, which adds who asks and whose alert it is. */
export const alertOrder = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('acknowledge') }),
  z.strictObject({ command: z.literal('assign'), assignee: label }),
  z.strictObject({ command: z.literal('comment'), text: label }),
  z.strictObject({
    command: z.literal('snooze'),
    until: instant.describe('By the clock of what it is said to: shop time of an alert, wall clock of an alarm'),
  }),
  z.strictObject({ command: z.literal('act'), action: label.describe('What was done: a call, a voucher, ...') }),
  z.strictObject({ command: z.literal('rate'), useful: z.boolean() }),
]);
export const alertOrderAnswer = z.object({
  commandId: z.string(),
  outcome: z.enum(['done', 'pending']).describe('pending: the owner of alerts has not come to it yet; it will'),
  alert: alertItem,
});

export const suppressionsQuery = z.strictObject({
  ...page,
  rule: alertRuleId.optional(),
  reason: z.enum(suppressionReasons).optional(),
  customer: id.optional(),
});
export const suppression = z.object({
  at: instant,
  customerId: id,
  rule: alertRuleId,
  ruleRevision: z.int(),
  reason: z.enum(suppressionReasons),
  detail: z.string(),
  probability: z.number(),
  netValueAtStake: amount,
});
export const suppressionsAnswer = z.object({
  shop: shopId,
  suppressions: z.array(suppression),
  next,
  counts: z.record(z.string(), z.int()).describe('All there are of each reason, with the other filters'),
});

const group = z.object({
  customers: z.int().describe('First decision on each'),
  closed: z.int().describe('Whose window is over'),
  netSales: amount.describe('Of those, in their windows'),
  mean: z.string().nullable().describe('Per customer, estimated to the cent'),
});
export const effectAnswer = z.object({
  shop: shopId,
  rule: alertRuleId,
  windowDays: z.int(),
  treated: group,
  holdout: group,
  known: z.boolean(),
  detail: z.string().describe('What it says, or what is missing to know it'),
  perCustomer: z.object({ difference: z.string(), low: z.string(), high: z.string() }).nullable().describe('95 % interval, Welch'),
  total: z.object({ difference: z.string(), low: z.string(), high: z.string() }).nullable().describe('The same for all treated customers'),
  ...stamp,
});

export const alertDeadLettersAnswer = z.object({
  shop: shopId,
  deadLetters: z.array(
    z.object({ partition: z.int(), offset: z.string(), reason: z.string(), detail: z.string(), at: instant, excerpt: z.string() }),
  ),
  counts: z.record(z.string(), z.int()),
});

export type SuppressionReason = (typeof suppressionReasons)[number];
export type AlertRuleBody = z.output<typeof alertRuleBody>;
export type AlertRule = z.output<typeof alertRule>;
export type AlertRulesAnswer = z.output<typeof alertRulesAnswer>;
export type AlertItem = z.output<typeof alertItem>;
export type AlertLogEntry = z.output<typeof alertLogEntry>;
export type AlertSort = (typeof alertSorts)[number];
export type AlertsQuery = z.output<typeof alertsQuery>;
export type AlertsAnswer = z.output<typeof alertsAnswer>;
export type AlertAnswer = z.output<typeof alertAnswer>;
export type AlertOrder = z.output<typeof alertOrder>;
export type AlertOrderAnswer = z.output<typeof alertOrderAnswer>;
export type AlertCounts = z.output<typeof alertCounts>;
export type SuppressionsQuery = z.output<typeof suppressionsQuery>;
export type Suppression = z.output<typeof suppression>;
export type SuppressionsAnswer = z.output<typeof suppressionsAnswer>;
export type EffectAnswer = z.output<typeof effectAnswer>;
export type AlertDeadLettersAnswer = z.output<typeof alertDeadLettersAnswer>;
