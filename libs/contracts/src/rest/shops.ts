import { z } from 'zod';
import { currency, instant, shopId } from '../primitives.js';
import { alarmItem } from './alarms.js';
import { stamp } from './common.js';

export const shopSettings = z.strictObject({
  timeZone: z.string().min(1).max(64).describe('IANA name, such as Europe/London'),
  currency,
  fiscalYearStart: z.int().min(1).max(12).default(1),
  clock: z.enum(['wall', 'source', 'data']).default('wall').describe('What moves shop time'),
});

export const shopAnswer = z.object({
  shop: shopId,
  timeZone: z.string(),
  currency,
  fiscalYearStart: z.int(),
  clock: z.enum(['wall', 'source', 'data']),
  kind: z.enum(['live', 'sandbox']).describe('A sandbox was made by a replay: no topic feeds it, and it can be deleted'),
  replayOf: shopId.nullable().describe('Of a sandbox: the shop whose history is replayed into it'),
  status: z.enum(['preparing', 'ready']).describe('Ready = its topics are read and its figures refreshed'),
});

export const shopsAnswer = z.object({ shops: z.array(shopAnswer) });

export const auditAnswer = z.object({
  at: instant,
  ok: z.boolean(),
  checks: z.array(
    z.object({
      check: z.string(),
      ok: z.boolean(),
      compared: z.boolean().describe('False where there was nothing to compare with'),
      detail: z.string().describe('What was compared, and the first difference'),
    }),
  ),
});

/** Long work on a shop's figures: an audit of every row, or all figures made anew. */
export const maintenanceOrder = z.strictObject({
  work: z.enum(['audit', 'rebuild']),
  tables: z
    .array(z.string().regex(/^[a-z_]+$/, 'must be the name of a table'))
    .max(50)
    .default([])
    .describe('Which tables a rebuild puts in place; none: all'),
});

export const maintenanceAnswer = z.object({
  work: z.enum(['audit', 'rebuild']),
  state: z.enum(['running', 'done', 'failed']),
  phase: z.string().describe('What is being done'),
  done: z.int().describe('Ledger rows of the phase that are through'),
  of: z.int().describe('Ledger rows in all'),
  startedAt: instant,
  endedAt: instant.nullable(),
  audit: auditAnswer.nullable(),
  tables: z.array(z.string()).describe('Tables that were put in place'),
  error: z.string().nullable().describe('Why it failed'),
});

export const pipelineAnswer = z.object({
  kafka: z.object({ brokers: z.array(z.string()), state: z.string() }),
  shops: z.array(
    z.object({
      shop: shopId,
      state: z.string(),
      ...stamp,
      viewsGeneration: z.string().describe('Generation of RFM, cohorts and segment flow'),
      partitions: z.array(
        z.object({
          topic: z.string(),
          partition: z.int(),
          epoch: z.int(),
          next: z.string(),
          brokerEnd: z.string().nullable(),
          lag: z.string().nullable(),
        }),
      ),
      deadLetters: z.array(z.object({ topic: z.string(), reason: z.string(), messages: z.int() })),
      audit: auditAnswer.nullable(),
    }),
  ),
  alarms: z.array(alarmItem),
});

export type ShopSettingsBody = z.output<typeof shopSettings>;
export type AuditAnswer = z.output<typeof auditAnswer>;
export type MaintenanceOrder = z.output<typeof maintenanceOrder>;
export type MaintenanceAnswer = z.output<typeof maintenanceAnswer>;
export type ShopAnswer = z.output<typeof shopAnswer>;
export type ShopsAnswer = z.output<typeof shopsAnswer>;
export type PipelineAnswer = z.output<typeof pipelineAnswer>;
