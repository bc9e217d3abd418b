import { z } from 'zod';
import { alertStates } from '../events/alert.event.js';
import { instant, shopId } from '../primitives.js';
import { alertLogEntry, caseFields } from './alerts.js';

/** An alarm of the pipeline, with what people have done about it. Instants are of the wall clock. */
export const alarmItem = z.object({
  alarmId: z.string().nullable().describe('null: it has not stood for ten seconds yet, or the store is away; nothing can be said to it'),
  code: z.string().describe('What is wrong; docs/operations.md says what each means and what to do first'),
  shop: shopId,
  subject: z.string().describe('What it is about: a partition, a check'),
  message: z.string().describe('What happened, and what to do'),
  since: instant,
  times: z.int().describe('How often its cause was met'),
  runbook: z.string().describe('Where docs/operations.md says what it means'),
  lasting: z.boolean().describe('Of what is over and stays true: it ends when somebody acknowledges it, the others end with their cause'),
  movedAt: instant.describe('Its last step'),
  ...caseFields,
});

export const alarmsQuery = z.strictObject({
  state: z
    .enum([...alertStates, 'live'])
    .default('live')
    .describe('live: not over yet'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const alarmsAnswer = z.object({ shop: shopId, alarms: z.array(alarmItem) });

export const alarmAnswer = z.object({ shop: shopId, alarm: alarmItem, log: z.array(alertLogEntry) });

export type AlarmItem = z.output<typeof alarmItem>;
export type AlarmsQuery = z.output<typeof alarmsQuery>;
export type AlarmsAnswer = z.output<typeof alarmsAnswer>;
export type AlarmAnswer = z.output<typeof alarmAnswer>;
