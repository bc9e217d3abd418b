import { z } from 'zod';

/**
 * An identifier given by the shop: 1 to 200 characters, no control characters, no outer blanks.
 * Half a surrogate pair has no UTF-8 form, so no text that holds one is let in.
 * Never interpreted as a number: `007` and `7` are two ids.
 */
export const id = z
  .string()
  .min(1)
  .max(200)
  .regex(/^(?!\s)[^\p{Cc}\p{Cs}]*(?<!\s)$/u, 'must not hold control characters, half surrogate pairs or outer blanks');

/**
 * A non-negative amount as a decimal string: at most 12 digits before and 6 after the point,
 * the exact range of `Decimal(18,6)`. Never a JSON number: a float cannot hold 0.1.
 */
export const money = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$/, 'must be a non-negative decimal string such as "12.50"')
  .describe('Non-negative decimal string, at most 12 integer and 6 fraction digits');

/**
 * An instant in UTC, `2011-12-09T12:50:00Z`, up to milliseconds, years 1971 to 2099:
 * ClickHouse's dates end there, and west of Greenwich the first hours of 1970 lie before its first day.
 */
export const instant = z
  .string()
  .regex(
    /^(197[1-9]|19[89][0-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?Z$/,
    'must be a UTC instant such as "2011-12-09T12:50:00Z", in the years 1971 to 2099',
  )
  .refine(isRealInstant, 'is not a date of the calendar')
  .describe('UTC instant, RFC 3339 with Z, at most milliseconds');

/** An instant to the second, for what is named by when it was: of such an instant there is one spelling. */
export const wholeSecond = instant
  .regex(/:[0-9]{2}Z$/, 'must be to the second, such as "2011-12-09T12:50:00Z"')
  .describe('UTC instant to the second, RFC 3339 with Z');

/** A calendar date in the shop's zone, `2011-12-09`. */
export const calendarDate = z
  .string()
  .regex(/^(197[1-9]|19[89][0-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}$/, 'must be a date such as "2011-12-09"')
  .refine((text) => isRealInstant(`${text}T00:00:00Z`), 'is not a date of the calendar');

/** ISO 4217 code, three capital letters. */
export const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as "GBP"');

/** Counts up by one with each new state of an entity; the highest revision wins. */
export const revision = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** A short free label: a name, a country, a channel. */
export const label = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cs}\0]*$/u, 'must be well-formed text');

/** Whole units. Weights are sold in whole grams: money = quantity x price then stays exact. */
export const quantity = z.int().min(1).max(2_147_483_647);

/** A shop's id: it names a database and a topic prefix, so it is short and plain. */
export const shopId = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens, starting with a letter')
  .max(40);

/** Of a text in the form above: whether month, day and time of day are of the calendar. Said by digits: a Date takes five times as long. */
function isRealInstant(text: string): boolean {
  const at = (index: number): number => (text.charCodeAt(index) - 48) * 10 + text.charCodeAt(index + 1) - 48;
  const [year, month, day] = [at(0) * 100 + at(2), at(5), at(8)];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return month >= 1 && month <= 12 && day >= 1 && day <= last && at(11) <= 23 && at(14) <= 59 && at(17) <= 59;
}
