import { z } from 'zod';
import { calendarDate, instant, shopId } from '../primitives.js';
import { stamp } from './common.js';

/** Days a forecast reaches. */
export const demandHorizonDays = 30;

export const demandLevel = z.enum(['category', 'product']);
export const demandClass = z
  .enum(['smooth', 'erratic', 'intermittent', 'lumpy'])
  .describe('By how often it sells (ADI 1.32) and how much sizes vary (CV2 .49): Syntetos, Boylan and Croston 2005');
export const demandMethod = z.enum(['seasonal-naive', 'weekday-mean', 'theta', 'regression', 'boosted', 'blend']);

const units = z.number().min(0);
const share = z.number().nullable();
const name = z.string().nullable().describe('Of a product; null of a category, and where the shop named none');

/** How good such forecasts of one series were at past origins, over windows of so many days. */
export const demandMeasures = z.object({
  tests: z.int().min(0).describe('Past origins whose windows are over'),
  wape: share.describe('Sum of absolute errors / units sold; null where nothing was sold'),
  mase: share.describe('Mean absolute error over that of "the window before again": below 1 is better'),
  bias: share.describe('(Forecast - sold) / sold'),
  mape: share.describe('Mean absolute share; null where a window sold nothing'),
  coverage: share.describe('Share of windows that came to lie inside the interval of 90 %'),
  attainable: z.number().min(0).describe('WAPE of one who knows the true mean: nobody can be better for long'),
});

/** One series as the trainer writes it. */
export const demandSeries = z.object({
  level: demandLevel,
  key: z.string().max(500).describe('Category or product; empty where the shop named none'),
  class: demandClass,
  method: demandMethod,
  mean: z.array(units).length(demandHorizonDays).describe('Units from the origin to the end of day 1, 2, ...'),
  quantiles: z.array(z.array(units)).length(demandHorizonDays).describe('The same days, one number per probability'),
  measures: z.record(z.enum(['7', '28']), demandMeasures),
});

/** A forecast of a whole shop: what `npm run train -- --kind demand` wrote. */
export const demandForecastBody = z
  .strictObject({
    shop: shopId,
    origin: calendarDate.describe('The first day that was not known'),
    probabilities: z.array(z.number().gt(0).lt(1)).min(2).max(50),
    series: z.array(demandSeries).min(1).max(200_000),
  })
  .superRefine(({ probabilities, series }, context) => {
    if (probabilities.some((each, place) => each <= (probabilities[place - 1] ?? 0))) {
      context.addIssue({ code: 'custom', path: ['probabilities'], message: 'must ascend' });
    }
    const wrong = series.findIndex(({ quantiles }) => quantiles.some((row) => row.length !== probabilities.length));
    if (wrong >= 0) {
      context.addIssue({
        code: 'custom',
        path: ['series', wrong, 'quantiles'],
        message: `must hold ${probabilities.length} numbers a day`,
      });
    }
  });

export const demandPublishedAnswer = z.object({ shop: shopId, origin: calendarDate, categories: z.int(), products: z.int() });

export const demandQuery = z.strictObject({
  level: demandLevel.default('category'),
  days: z.coerce.number().int().min(7).max(demandHorizonDays).default(28).describe('Units of how many days'),
  key: z.string().max(500).optional().describe('One series only, with its course'),
});

/** What a shop will sell within so many days from the origin. */
export const demandAnswer = z.object({
  shop: shopId,
  origin: calendarDate.nullable().describe('The first day of the forecast; null where none was made yet'),
  today: calendarDate
    .nullable()
    .describe(
      'The day in the shop at its own clock: a forecast of an earlier one does not know what was sold since; null while it has no time',
    ),
  days: z.int(),
  publishedAt: instant.nullable(),
  words: z.string().nullable().describe('How old it is, where it is not of today, or what to do where there is none'),
  series: z.array(
    z.object({
      key: z.string(),
      name,
      class: demandClass,
      method: demandMethod,
      mean: units.describe('Expected units'),
      low: units.describe('In 5 of 100 windows less are sold'),
      high: units.describe('In 5 of 100 windows more are sold'),
      measures: demandMeasures.describe('Over windows of 7 days where fewer than 28 are asked for, else of 28'),
      course: z
        .array(z.object({ date: calendarDate, mean: units, low: units, high: units }))
        .nullable()
        .describe('Sums from the origin to the end of each day; of one series alone'),
    }),
  ),
});

/** Chances of not running out that can be asked for: probabilities of the forecast from the middle up. */
export const serviceLevels = [0.5, 0.75, 0.8, 0.9, 0.95, 0.975, 0.99] as const;

export const reorderQuery = z
  .strictObject({
    leadDays: z.coerce.number().int().min(1).max(demandHorizonDays).default(7).describe('Days from ordering to having'),
    reviewDays: z.coerce.number().int().min(0).max(demandHorizonDays).default(7).describe('Days until the next chance to order'),
    serviceLevel: z.coerce
      .number()
      .refine((level) => serviceLevels.some((each) => each === level), `must be one of ${serviceLevels.join(', ')}`)
      .default(0.95)
      .describe('Chance that stock lasts until the next delivery'),
  })
  .refine(({ leadDays, reviewDays }) => leadDays + reviewDays <= demandHorizonDays, {
    path: ['reviewDays'],
    message: `leadDays and reviewDays together must be at most ${demandHorizonDays}: a forecast reaches no further`,
  });

/** What to order, product by product; the stamp is that of the stock. */
export const reorderAnswer = z.object({
  shop: shopId,
  origin: calendarDate.nullable(),
  leadDays: z.int(),
  reviewDays: z.int(),
  serviceLevel: z.number(),
  words: z.string().nullable(),
  ...stamp,
  products: z.array(
    z.object({
      productId: z.string(),
      name,
      method: demandMethod,
      reorderPoint: z.int().describe('Order when stock is at or below this: the quantile of the units of the lead time, rounded up'),
      orderUpTo: z.int().describe('The quantile of the units of lead time and review together, rounded up'),
      stock: z
        .int()
        .nullable()
        .describe(
          'The newest count less what was sold since, as of asOf; below zero where more was sold than counted; null without a count',
        ),
      countedAt: instant.nullable().describe('When it was counted last'),
      orderQuantity: z
        .int()
        .min(0)
        .nullable()
        .describe('orderUpTo less stock where stock is at or below reorderPoint, else 0; null where stock is not known'),
    }),
  ),
});

export type DemandLevel = z.output<typeof demandLevel>;
export type DemandMeasures = z.output<typeof demandMeasures>;
export type DemandSeries = z.output<typeof demandSeries>;
export type DemandForecastBody = z.output<typeof demandForecastBody>;
export type DemandPublishedAnswer = z.output<typeof demandPublishedAnswer>;
export type DemandQuery = z.output<typeof demandQuery>;
export type DemandAnswer = z.output<typeof demandAnswer>;
export type ReorderQuery = z.output<typeof reorderQuery>;
export type ReorderAnswer = z.output<typeof reorderAnswer>;
