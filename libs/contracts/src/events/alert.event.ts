import { z } from 'zod';
import { event } from '../envelope.js';
import { id, instant, label, money } from '../primitives.js';

const subjectOfAlert = { alertId: id, customerId: id } as const;

/** Open, then in somebody's hands, then acted upon; it ends when the customer leaves the rule's band, or when its time is over. */
export const alertStates = ['open', 'acknowledged', 'acted', 'recovered', 'expired'] as const;

/** What happens to an alert. The first and the last three are decided by the owner, the others are commands of people. */
export const alertSteps = [
  ...['opened', 'acknowledged', 'assigned', 'commented', 'snoozed', 'acted', 'rated'],
  ...['woken', 'recovered', 'expired'],
] as const;

/** Someone asks for a step in an alert's life. One owner folds commands in offset order; the first valid one wins. */
export const alertCommand = z.discriminatedUnion('command', [
  z.looseObject({ ...subjectOfAlert, command: z.literal('acknowledge'), by: label }),
  z.looseObject({ ...subjectOfAlert, command: z.literal('assign'), by: label, assignee: label }),
  z.looseObject({ ...subjectOfAlert, command: z.literal('comment'), by: label, text: label }),
  z.looseObject({ ...subjectOfAlert, command: z.literal('snooze'), by: label, until: instant }),
  z.looseObject({ ...subjectOfAlert, command: z.literal('act'), by: label, action: label }),
  z.looseObject({ ...subjectOfAlert, command: z.literal('rate'), by: label, useful: z.boolean() }),
]);

/**
 * A computed instant of an alert's life has come by the shop's clock. The owner says so on the topic and folds it like everything else:
 * what time does is in the same order as what people do. Said again, or of an instant that was moved since, it changes nothing.
 */
export const alertDue = z.looseObject({ ...subjectOfAlert, due: z.enum(['expiry', 'snooze-end']), at: instant });

/** State of an alert after a step of its life. */
export const alertState = z.looseObject({
  ...subjectOfAlert,
  state: z.enum(alertStates),
  step: z.enum(alertSteps).describe('What brought it here'),
  by: label.nullable().describe('Who, where a person did; null for the owner'),
  rule: id,
  ruleRevision: z.int().min(0).describe('Of the rule that opened it'),
  band: z.enum(['medium', 'high']),
  model: id.describe('Version id of the model whose score opened it'),
  probability: z.number().min(0).max(1),
  netValueAtStake: money,
  reasons: z.array(label).max(8),
  openedAt: instant,
  decidedAt: instant.describe('Shop time of this step'),
  expiresAt: instant,
  snoozedUntil: instant.nullable(),
  assignee: label.nullable(),
});

export const alertCommanded = event('tideline.alert.commanded.v1', alertCommand);
export const alertCameDue = event('tideline.alert.came-due.v1', alertDue);
export const alertMoved = event('tideline.alert.moved.v1', alertState);
export type AlertCommand = z.infer<typeof alertCommand>;
export type AlertDue = z.infer<typeof alertDue>;
export type AlertState = z.infer<typeof alertState>;
export type AlertStateName = (typeof alertStates)[number];
export type AlertStep = (typeof alertSteps)[number];
