import { defineSlice } from '#config';
import { currency } from '#contracts';
import { z } from 'zod';

/** What a mapping may leave out, for the shop that is made for its file. */
export const shopConfig = defineSlice('shop', {
  SHOP_TIMEZONE: z
    .string()
    .min(1)
    .optional()
    .describe('Time zone of a shop made by an import whose mapping has none, such as Europe/London.'),
  SHOP_CURRENCY: currency.optional().describe('Its currency, such as EUR.'),
  SHOP_FISCAL_YEAR_START: z.coerce
    .number('must be a month')
    .int()
    .min(1)
    .max(12)
    .optional()
    .describe('First month of its fiscal year, 1 to 12; January where nobody says it.'),
});
