import { z } from 'zod';

const column = z.string().min(1);
const optional = column.optional();

/**
 * Files beside the orders, each with the columns that hold what is known of one kind of thing. A file is taken for the table
 * whose columns it has, if it does not have those of orders.
 */
export const tables = z.strictObject({
  customers: z
    .strictObject({
      id: column,
      registeredAt: column,
      name: optional,
      email: optional,
      country: optional,
      region: optional,
      city: optional,
      acquisitionChannel: optional,
      consent: optional.describe('true, false, yes, no, 1, 0 or empty'),
    })
    .optional(),
  products: z
    .strictObject({
      id: column,
      listedAt: column,
      sku: optional,
      name: optional,
      category: optional,
      subcategory: optional,
      brand: optional,
      cost: optional,
      price: optional,
    })
    .optional(),
  stockCounts: z
    .strictObject({
      product: column,
      countedAt: column.describe('To the second'),
      units: column.describe('Whole units that were there'),
    })
    .optional(),
  returns: z
    .strictObject({
      id: column,
      amount: column.describe('Paid back for the row as a whole'),
      refundedAt: column.describe('Empty: only asked for'),
      requestedAt: optional,
      order: optional,
      orderLine: optional,
      customer: optional,
      product: optional,
      quantity: optional,
      reason: optional,
    })
    .optional(),
  campaigns: z
    .strictObject({
      id: column,
      name: column,
      startsAt: column,
      endsAt: optional,
      status: optional.describe('running or ended; not mapped: ended'),
      kind: optional,
      channel: optional,
      budget: optional,
      targetSegment: optional,
      date: optional.describe('With it a row also says what was spent and reached on that day'),
      spend: optional,
      impressions: optional,
      clicks: optional,
    })
    .refine(
      (campaigns) => campaigns.date === undefined || (campaigns.spend && campaigns.impressions && campaigns.clicks),
      'date goes with spend, impressions and clicks',
    )
    .optional(),
});

export type Tables = z.output<typeof tables>;
export type TableName = keyof Tables;
