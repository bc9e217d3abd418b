import { z } from 'zod';
import { currency, instant, shopId } from '../primitives.js';
import { amount, moment, ratio, stamp } from './common.js';

const refunds = z
  .enum(['refund-date', 'order-date'])
  .default('refund-date')
  .describe('Whether a refund counts when it was paid back or when its order was placed');

const range = {
  from: moment.optional().describe('Included; absent: from the first event on'),
  to: moment.optional().describe('Excluded; absent: to the last event'),
  refunds,
} as const;

export const summaryQuery = z.strictObject({ ...range, compare: z.enum(['previous']).optional() });
export const seriesQuery = z.strictObject({ ...range, grain: z.enum(['minute', 'hour', 'day', 'week', 'month']).default('day') });
export const breakdownQuery = z.strictObject({
  ...range,
  by: z.enum(['product', 'category', 'subcategory', 'brand', 'country', 'region', 'city', 'payment', 'channel', 'campaign']),
  limit: z.coerce.number().int().min(1).max(1_000).default(20),
  sort: z.enum(['grossSales', 'netSales', 'orders', 'units', 'returns']).default('grossSales'),
});

const additive = {
  grossSales: amount,
  discounts: amount,
  returns: amount,
  netSales: amount,
  orders: z.int(),
  units: z.int(),
} as const;

/** What follows from the shop's totals alone. */
export const headlineFigures = z.object({
  ...additive,
  buyers: z.int(),
  aovGross: ratio,
  aovNet: ratio,
  returnRate: ratio.describe('Returned value / gross sales'),
  returnedOrderRate: ratio.describe('Returned orders / orders, by order date'),
});

export const summaryFigures = z.object({
  ...headlineFigures.shape,
  repeatRate: ratio.describe('Customers with two or more orders before `to` / customers with one or more'),
  newBuyers: z.int(),
  returningBuyers: z.int(),
});

const span = { from: instant.nullable(), to: instant.nullable() } as const;
const change = z.record(z.string(), z.object({ absolute: z.string().nullable(), ratio })).nullable();

export const summaryAnswer = z.object({
  shop: shopId,
  currency,
  refunds: z.string(),
  ...span,
  figures: summaryFigures,
  previous: z.object({ ...span, figures: summaryFigures, change }).nullable(),
  ...stamp,
});

export const seriesPoint = z.object({
  bucket: instant,
  local: z.string().describe("The bucket's start in the shop's zone"),
  complete: z.boolean().describe("Whether the shop's clock has passed its end"),
  ...additive,
  buyers: z.int(),
  aovGross: ratio,
  aovNet: ratio,
});

export const seriesAnswer = z.object({
  shop: shopId,
  currency,
  refunds: z.string(),
  grain: z.string(),
  ...span,
  points: z.array(seriesPoint),
  ...stamp,
});

const breakdownFigures = { ...additive, shareOfGross: ratio } as const;

export const breakdownAnswer = z.object({
  shop: shopId,
  currency,
  refunds: z.string(),
  by: z.string(),
  ...span,
  rows: z.array(
    z.object({
      member: z.string().nullable().describe('Null where the attribute is not known'),
      label: z.string(),
      parts: z.array(z.string()).optional().describe('Country, region, city'),
      ...breakdownFigures,
      buyers: z.int(),
      aovGross: ratio,
      aovNet: ratio,
    }),
  ),
  others: z.object({ members: z.int(), ...additive }).describe('Everything beyond the limit; orders of several members count in each'),
  total: z.object(additive).describe('Sum of all rows: equals the summary in money and units'),
  ...stamp,
});

export const recentQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  verdict: z.enum(['accepted', 'rejected', 'gap']).optional(),
  reason: z.string().max(100).optional(),
});

export const recentAnswer = z.object({
  shop: shopId,
  events: z.array(
    z.object({
      topic: z.string(),
      partition: z.int(),
      epoch: z.int(),
      offset: z.string(),
      verdict: z.string(),
      reason: z.string(),
      detail: z.string(),
      type: z.string(),
      id: z.string(),
      time: instant.nullable(),
      recordedTime: instant.nullable(),
      ingestedAt: instant,
      payload: z.string().describe('The first 2,000 characters'),
    }),
  ),
  ...stamp,
});

export const qualityAnswer = z.object({
  shop: shopId,
  deadLetters: z.array(z.object({ topic: z.string(), reason: z.string(), messages: z.int() })),
  refundsLeftOut: z.object({ refunds: z.int(), amount }).describe('Refunds of cancelled orders: they count in no figure'),
  placeholders: z.object({ customers: z.int(), products: z.int(), campaigns: z.int() }),
  ...stamp,
});

export type SummaryQuery = z.output<typeof summaryQuery>;
export type SummaryAnswer = z.output<typeof summaryAnswer>;
export type HeadlineFigures = z.output<typeof headlineFigures>;
export type SummaryFigures = z.output<typeof summaryFigures>;
export type SeriesQuery = z.output<typeof seriesQuery>;
export type SeriesAnswer = z.output<typeof seriesAnswer>;
export type BreakdownQuery = z.output<typeof breakdownQuery>;
export type BreakdownAnswer = z.output<typeof breakdownAnswer>;
export type RecentQuery = z.output<typeof recentQuery>;
export type RecentAnswer = z.output<typeof recentAnswer>;
export type QualityAnswer = z.output<typeof qualityAnswer>;
export type RefundConvention = z.output<typeof refunds>;
