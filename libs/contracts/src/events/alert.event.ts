import { z } from 'zod';
import { event } from '../envelope.js';
import { id, instant, label, money } from '../primitives.js';

const subjectOfAlert = { alertId: id, customerId: id } as const;

/** Someone asks for a step in an alert's life. One owner folds commands in offset order; the first valid one wins. */
export const alertCommand = z.discriminatedUnion('command', [
  z.looseObject({ ...subjectOfAlert, command: z.literal('acknowledge'), by: label }),
  z.looseObject({ ...subjectOfAlert, command: z.literal('assign'), by: label, assignee: label }),
  z.looseObject({ ...subjectOfAlert, command: z.literal('comment'), by: label, text: label }),
  z.looseObject({ ...subjectOfAlert, command: z.literal('snooze'), by: label, until: instant }),
  z.looseObject({ ...subjectOfAlert, command: z.literal('act'), by: label, action: label }),
  z.looseObject({ ...subjectOfAlert, command: z.literal('rate'), by: label, useful: z.boolean() }),
]);

/** State of an alert after a step of its life. */
export const alertState = z.looseObject({
  ...subjectOfAlert,
  state: z.enum(['open', 'acknowledged', 'acted', 'recovered', 'expired']),
  rule: id,
  probability: z.number().min(0).max(1),
  netValueAtStake: money,
  reasons: z.array(label).max(8),
  decidedAt: instant,
});

export const alertCommanded = event('tideline.alert.commanded.v1', alertCommand);
export const alertMoved = event('tideline.alert.moved.v1', alertState);
export type AlertCommand = z.infer<typeof alertCommand>;
export type AlertState = z.infer<typeof alertState>;
