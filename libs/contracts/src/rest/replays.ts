import { z } from 'zod';
import { instant, shopId } from '../primitives.js';
import { moment, stamp } from './common.js';

/** How fast a replay runs. */
export const replaySpeed = z
  .union([z.literal('max'), z.number().positive().max(1_000_000_000)], { error: 'must be a positive number or "max"' })
  .describe('Shop seconds per real second, or max: as fast as it goes');

const selection = {
  from: moment.optional().describe('Messages that the shop knew at this instant or later; absent: from the first one on'),
  to: moment.optional().describe('Messages that it knew before this instant; absent: all up to now'),
} as const;

export const replayBody = z.strictObject({
  into: shopId.describe('The sandbox; it must not exist'),
  ...selection,
  speed: replaySpeed.default('max'),
  scores: z
    .boolean()
    .default(false)
    .describe(
      'Whether customers are scored and alerted about as it goes, by the models and rules that the shop has when this is asked for',
    ),
});

export const replayPlanQuery = z.strictObject({
  ...selection,
  speed: z.union([z.literal('max'), z.coerce.number().positive().max(1_000_000_000)]).default('max'),
});

export const replayChange = z.strictObject({ speed: replaySpeed.optional(), paused: z.boolean().optional() });

const span = { from: instant.nullable(), to: instant.nullable() } as const;

/** What a replay would do. */
export const replayPlanAnswer = z.object({
  shop: shopId,
  ...span,
  messages: z.int().describe('Messages of the ledger that the replay brings: also the second copies and the dead letters'),
  deadLetters: z.int().describe('How many of them are dead letters'),
  bytes: z.int(),
  lost: z.int().describe('Messages that the ledger never got (gaps), of whatever time: the replay lacks them as the shop does'),
  first: instant.nullable().describe('When the shop knew the first of them'),
  last: instant.nullable(),
  startsAt: instant.nullable().describe("Where the sandbox's clock starts"),
  endsAt: instant.nullable().describe('Where it ends; null while the shop has no time yet'),
  partitions: z.array(z.object({ topic: z.string(), partition: z.int(), messages: z.int() })),
  etaSeconds: z.number().describe('By the pace, or at max by what two cores did'),
});

export const replayStates = ['preparing', 'running', 'paused', 'done', 'broken'] as const;

/** A replay and how far it is. */
export const replayAnswer = z.object({
  sandbox: shopId,
  shop: shopId.describe('Whose history it is'),
  ...span,
  speed: replaySpeed,
  state: z.enum(replayStates).describe('Done = every planned message is in every figure of the sandbox, and decided on where it is scored'),
  detail: z.string().describe('Why it is broken; empty otherwise'),
  messages: z.int(),
  inFigures: z.int().describe('How many of them the figures hold'),
  clock: instant.nullable().describe("The sandbox's time"),
  endsAt: instant.nullable(),
  scored: z.boolean().describe('Whether its customers are scored'),
  scoredUntil: instant.nullable().describe('Up to when they are; the replay goes on when that is its clock'),
  askedBy: z.string(),
  askedAt: instant,
});

export const replaysAnswer = z.object({ replays: z.array(replayAnswer) });

/** What all tables of a shop hold, without what says when and in which order it came there. */
export const fingerprintAnswer = z.object({
  shop: shopId,
  fingerprint: z.string().describe('Of all tables together: 32 hexadecimal digits'),
  tables: z.array(z.object({ table: z.string(), rows: z.int(), fingerprint: z.string() })),
  ...stamp,
});

export type ReplayBody = z.output<typeof replayBody>;
/** What one sends: what has a default may be left out. */
export type ReplayAsked = z.input<typeof replayBody>;
export type ReplayPlanQuery = z.output<typeof replayPlanQuery>;
export type ReplayChange = z.output<typeof replayChange>;
export type ReplayPlanAnswer = z.output<typeof replayPlanAnswer>;
export type ReplayAnswer = z.output<typeof replayAnswer>;
export type ReplaysAnswer = z.output<typeof replaysAnswer>;
export type FingerprintAnswer = z.output<typeof fingerprintAnswer>;
