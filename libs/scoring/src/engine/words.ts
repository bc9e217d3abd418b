import { features } from '#warehouse';
import { placeOf } from './advance.js';

const width = features.length;

/** Values of one prediction by name; NaN where the customer has none. */
export type Values = (name: string) => number;

export function valuesOf(row: Float32Array): Values {
  if (row.length !== width) throw new RangeError(`A row has ${width} features, not ${row.length}.`);
  return (name) => row[placeOf(name)] ?? NaN;
}

/** `1 day`, `31 days`, `less than a day`. */
export function daysText(days: number): string {
  const whole = Math.round(days);
  return whole < 1 ? 'less than a day' : counted(whole, 'day');
}

/** `1 order`, `2 orders`, `1.4 orders`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  const text = numberText(count);
  return `${text} ${text === '1' ? one : many}`;
}

/** At most one digit behind the point, thousands set apart; none from a hundred on. */
export function numberText(value: number): string {
  const digits = Math.abs(value) >= 99.95 ? 0 : 1;
  const rounded = Number(value.toFixed(digits)) + 0;
  // Most have no thousands, and a formatter costs more than all the rest of a reason.
  return Math.abs(rounded) < 1_000 ? String(rounded) : thousands.format(rounded);
}

const thousands = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,235 EUR`; without a currency the number alone. */
export function moneyText(amount: number, currency: string): string {
  return `${numberText(amount)} ${currency}`.trimEnd();
}

/** A share in 0..1. */
export function shareText(share: number): string {
  return `${Math.round(share * 100)} %`;
}

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** The month that a season lies in. A day of the year is found from its angle to within a day. */
export function monthText(sin: number, cos: number): string {
  const turn = (Math.atan2(sin, cos) / (2 * Math.PI) + 1) % 1;
  // Of any year: 1970 is where the angle is zero.
  return months[new Date(turn * 365.25 * 86_400_000).getUTCMonth()] ?? '';
}
