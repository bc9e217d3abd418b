import { z } from 'zod';
import { id, instant, shopId } from '../primitives.js';
import { amount, stamp } from './common.js';

export const eventPathQuery = z.strictObject({
  id: id.describe('An event, or what events are about: an order, a return, a customer, a product, a campaign, campaign/date'),
});

const ledgerPlace = { topic: z.string(), partition: z.int(), epoch: z.int(), offset: z.string() } as const;

/** What became of a message: it counts, a later or higher version took its place, or it says what another one says. */
export const standings = ['winner', 'superseded', 'repeat', 'rejected', 'gap', 'tick'] as const;

/** Where an event went: its place, the verdict, its row in the ledger, facts, and the figures it is part of now. */
export const eventPathAnswer = z.object({
  shop: shopId,
  id: z.string(),
  events: z.array(
    z.object({
      ...ledgerPlace,
      eventId: z.string(),
      type: z.string(),
      verdict: z.string(),
      reason: z.string(),
      detail: z.string(),
      entity: z.string().describe('What it is about; empty where that is not known'),
      time: instant.nullable(),
      recordedTime: instant.nullable(),
      ingestedAt: instant,
      revision: z.string(),
      hash: z.string(),
      standing: z.enum(standings),
      by: z
        .object({ ...ledgerPlace, eventId: z.string(), revision: z.string(), hash: z.string() })
        .nullable()
        .describe('The version that counts in its place, or that it repeats'),
      inFigures: z.boolean().describe('Whether the watermark has passed it'),
    }),
  ),
  more: z.boolean().describe('There are more events of this id than are shown'),
  facts: z.array(z.object({ table: z.string(), entity: z.string(), row: z.record(z.string(), z.string().nullable()) })),
  figures: z.array(
    z.object({
      table: z.string(),
      grain: z.string(),
      dimension: z.string(),
      member: z.string(),
      bucket: z.string().describe('Start of the bucket: a UTC instant, or a date of the shop'),
      grossSales: amount,
      discounts: amount,
      returns: amount,
      returnsByOrderDate: amount.nullable(),
      orders: z.int(),
      units: z.int(),
      buyers: z.int().nullable(),
    }),
  ),
  ...stamp,
});

export type EventPathQuery = z.output<typeof eventPathQuery>;
export type EventPathAnswer = z.output<typeof eventPathAnswer>;
