import { z } from 'zod';
import { calendarDate, instant, shopId } from '../primitives.js';

/** An amount in an answer: exact, at least two fraction digits, may be negative. */
export const amount = z
  .string()
  .regex(/^-?[0-9]+\.[0-9]{2,6}$/)
  .describe('Exact decimal string');

/** A rate or an average in an answer: six digits, rounded half up; null where its divisor is zero. */
export const ratio = z
  .string()
  .regex(/^-?[0-9]+\.[0-9]{6}$/)
  .nullable()
  .describe('Decimal string of six digits; null where the divisor is zero');

/** How old an answer is. Every answer carries it. */
export const stamp = {
  asOf: instant.nullable().describe("The shop's clock; null while no event has come"),
  generation: z
    .string()
    .regex(/^[0-9]+$/)
    .describe('Grows with every refresh; answers of one generation belong together'),
  watermark: z.record(z.string(), z.string()).describe('Per topic/partition: epoch:next offset that the figures include'),
  partial: z.boolean().describe('True when the figures may be of two generations'),
} as const;

/** A point of time in a query: an instant, or a date of the shop = the start of that local day. */
export const moment = z.union([instant, calendarDate], {
  error: 'must be a UTC instant such as 2011-12-01T00:00:00Z or a date of the shop such as 2011-12-01',
});

export const shopParam = z.object({ shop: shopId });

/** RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: z.string().optional(),
});
