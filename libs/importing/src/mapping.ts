import { timeZoneFault } from '#clock';
import { shipped } from '#config';
import { currency } from '#contracts';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { parseDecimal } from './decimal.js';
import { ImportError } from './importing.errors.js';
import { timeFormatFault } from './local-time.js';
import { tables } from './tables.schema.js';

const scalar = z.union([z.string(), z.number()]).transform(String);
const limit = scalar.refine((text) => parseDecimal(text) !== undefined, 'is not a number of at most six decimals');

/** What one column must hold; several tests in one object must all hold. Comparisons are exact decimals. */
const test = z
  .strictObject({
    equals: scalar.optional(),
    in: z.array(scalar).min(1).optional(),
    startsWith: z.string().min(1).optional(),
    endsWith: z.string().min(1).optional(),
    matches: z.string().refine(isRegex, 'is not a regular expression').optional(),
    empty: z.boolean().optional(),
    gt: limit.optional(),
    gte: limit.optional(),
    lt: limit.optional(),
    lte: limit.optional(),
    not: z.boolean().optional().describe('true turns the whole test round'),
  })
  .refine((value) => Object.keys(value).some((key) => key !== 'not'), 'needs at least one test, such as startsWith or lte');

export type ColumnTest = z.output<typeof test>;

/** Column name -> test; all must hold. */
const when = z.record(z.string(), test);

const rule = z.discriminatedUnion('class', [
  z.strictObject({ class: z.literal('sale'), when: when.optional() }),
  z.strictObject({ class: z.literal('return'), when: when.optional() }),
  z.strictObject({ class: z.literal('reject'), reason: z.string().min(1), when: when.optional() }),
]);

/** A column of the file by its header, or one value for all rows. */
const source = z.union([z.string().min(1), z.strictObject({ constant: z.string().min(1) })]);
export type Source = z.output<typeof source>;

const timeZone = z.string().superRefine((name, context) => {
  const fault = timeZoneFault(name);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

const mapping = z
  .strictObject({
    name: z.string().min(1),
    currency: currency.optional().describe('SHOP_CURRENCY where it is left out'),
    timeZone: timeZone.optional().describe('SHOP_TIMEZONE where it is left out'),
    fiscalYearStart: z.int().min(1).max(12).optional().describe('Month; SHOP_FISCAL_YEAR_START where it is left out'),
    clock: z.enum(['wall', 'data']).default('data').describe('What moves the time of a shop that is made for the file'),
    revision: z.int().min(1).default(1).describe('Raise it when the mapping was mended: the rows it makes then replace the earlier ones'),
    csv: z
      .strictObject({ separator: z.string().length(1).default(','), encoding: z.enum(['utf-8', 'latin1']).default('utf-8') })
      .prefault({}),
    numbers: z
      .strictObject({ decimal: z.enum(['.', ',']).default('.'), thousands: z.enum(['', ',', '.', ' ', "'"]).default('') })
      .refine((numbers) => numbers.decimal !== numbers.thousands, 'decimal and thousands cannot be the same sign')
      .prefault({}),
    time: z.strictObject({
      formats: z
        .array(
          z
            .string()
            .regex(/YYYY/, 'must hold YYYY')
            .superRefine((format, context) => {
              const fault = timeFormatFault(format);
              if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
            }),
        )
        .min(1),
      timeOfDay: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:mm')
        .default('12:00')
        .describe('Where the file has only dates'),
    }),
    columns: z
      .strictObject({
        document: z.string().min(1).describe('Number of the order or credit note: its rows become one event'),
        time: z.string().min(1),
        order: z.string().min(1).optional().describe('On return rows: the order that was returned'),
        customer: source.optional(),
        product: source.optional(),
        productName: source.optional(),
        category: source.optional(),
        subcategory: source.optional(),
        brand: source.optional(),
        quantity: source.optional(),
        price: source.optional().describe('Of one unit'),
        amount: source.optional().describe('Of the row, where there is no price: it counts as one unit'),
        discount: source.optional().describe('Of the row; on a return row it is taken off the refund'),
        unitCost: source.optional(),
        reason: source.optional().describe('Why it came back'),
        country: source.optional(),
        region: source.optional(),
        city: source.optional(),
        paymentMethod: source.optional(),
        channel: source.optional(),
        campaign: source.optional(),
        orderDiscount: source.optional().describe('Of the whole order, repeated on its rows'),
        shipping: source.optional().describe('Of the whole order, repeated on its rows'),
        tax: source.optional().describe('Of the whole order, repeated on its rows'),
      })
      .refine(
        (columns) => (columns.price === undefined) !== (columns.amount === undefined),
        'needs either price (of one unit) or amount (of the row)',
      )
      .refine(
        (columns) => columns.amount === undefined || columns.quantity === undefined,
        'with amount a row is one unit: leave quantity out, or map price',
      ),
    tables: tables.optional().describe('Files beside the orders'),
    rows: z
      .array(rule)
      .min(1)
      .default([{ class: 'sale' }])
      .refine(
        (rules) => rules.slice(0, -1).every((each) => each.when !== undefined),
        'only the last rule may be without "when": the ones after it would never be reached',
      ),
  })
  .readonly();

/** What a mapping may leave to the shop's settings. */
export interface ShopDefaults {
  readonly SHOP_CURRENCY?: string | undefined;
  readonly SHOP_TIMEZONE?: string | undefined;
  readonly SHOP_FISCAL_YEAR_START?: number | undefined;
}

/** A mapping: how rows of a shop's CSV become events. */
export type Mapping = z.output<typeof mapping> & { readonly currency: string; readonly timeZone: string };
export type RowRule = Mapping['rows'][number];

/** The mappings that ship. */
const mappings = shipped('libs/importing/mappings');

/**
 * Reads a mapping: the name of one that ships, or a path to a YAML file.
 * @throws {ImportError} `mapping-invalid` naming the file, the place in it and what is allowed
 */
export async function loadMapping(nameOrPath: string, defaults: ShopDefaults = {}): Promise<Mapping> {
  const ours = join(mappings, `${nameOrPath}.yaml`);
  const isName = /^[a-z0-9-]+$/.test(nameOrPath);
  const path = isName && existsSync(ours) ? ours : nameOrPath;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    const names = (await readdir(mappings)).map((file) => file.replace(/\.yaml$/, ''));
    throw new ImportError(
      'mapping-invalid',
      `There is no mapping ${nameOrPath}. Those that ship: ${names.join(', ')}. Or give a path to a YAML file (docs/importing.md).`,
    );
  }
  return parseMapping(text, path, defaults);
}

/** @throws {ImportError} `mapping-invalid` */
export function parseMapping(text: string, path: string, defaults: ShopDefaults = {}): Mapping {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (error) {
    throw new ImportError('mapping-invalid', `${path} is not YAML: ${error instanceof YAMLParseError ? error.message : String(error)}`);
  }
  const result = mapping.safeParse(raw);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `  ${issue.path.join('.') || '(whole file)'}: ${issue.message}`);
    throw new ImportError(
      'mapping-invalid',
      `${path} is not a mapping:\n${faults.join('\n')}\nThe keys are described in docs/importing.md.`,
    );
  }
  const currency = result.data.currency ?? defaults.SHOP_CURRENCY;
  const timeZone = result.data.timeZone ?? defaults.SHOP_TIMEZONE;
  if (currency === undefined || timeZone === undefined) {
    const [key, setting] = currency === undefined ? ['currency', 'SHOP_CURRENCY=EUR'] : ['timeZone', 'SHOP_TIMEZONE=Europe/London'];
    throw new ImportError('mapping-invalid', `${path} has no ${key}, and no setting says it either. Write it there, or set ${setting}.`);
  }
  const fiscalYearStart = result.data.fiscalYearStart ?? defaults.SHOP_FISCAL_YEAR_START;
  return { ...result.data, currency, timeZone, ...(fiscalYearStart === undefined ? {} : { fiscalYearStart }) };
}

/** Columns of the file that a mapping reads. */
export function columnsOfMapping(given: Mapping): string[] {
  const named = Object.values(given.columns).filter((each): each is string => typeof each === 'string');
  const tested = given.rows.flatMap((each) => Object.keys(each.when ?? {}));
  return [...new Set([...named, ...tested])];
}

function isRegex(text: string): boolean {
  try {
    return new RegExp(text, 'u').source !== '';
  } catch {
    return false;
  }
}
