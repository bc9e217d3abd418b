import type { HeadlineFigures } from '#contracts';

const defaultLocale = 'en-GB';

/** What `Intl` shows in place of a figure that is not there. */
export const noFigure = '–';

/** A decimal string as `Intl` takes it: exact, never through a float. */
function exact(text: string): Intl.StringNumericLiteral {
  return text as Intl.StringNumericLiteral;
}

const formats = new Map<string, Intl.NumberFormat>();

function format(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.NumberFormat(defaultLocale, options)));
  return found;
}

/**
 * An amount in the shop's currency, with the digits that the currency has, rounded half away from zero.
 * @param amount exact decimal string of the API; null where the divisor was zero
 */
export function moneyText(amount: string | null, currency: string): string {
  if (amount === null) return noFigure;
  return format(`money ${currency}`, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).format(exact(amount));
}

/** The exact amount for those who want every digit: `GBP 10,655,622.484`. Digits that are only zeros beyond the second are left out. */
export function exactMoneyText(amount: string | null, currency: string): string {
  if (amount === null) return 'not defined: the divisor is zero';
  const [whole = '0', fraction = ''] = amount.replace(/^-/, '').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${currency} ${amount.startsWith('-') ? '-' : ''}${grouped}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`;
}

/** `12,345` */
export function countText(count: number): string {
  return format('count', { maximumFractionDigits: 0 }).format(count);
}

/** A pace: whole numbers from ten on, one digit below. */
export function paceText(pace: number | null): string {
  if (pace === null) return noFigure;
  return format(`pace ${pace < 10}`, { maximumFractionDigits: pace < 10 ? 1 : 0 }).format(pace);
}

/** Units that are expected, mostly not whole: whole numbers from ten on, one digit below. */
export function unitsText(units: number): string {
  const digits = units < 9.95 ? 1 : 0;
  return format(`units ${digits}`, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(units);
}

/** `5.0 – 21` */
export function rangeText(low: number, high: number): string {
  return `${unitsText(low)} – ${unitsText(high)}`;
}

/** An amount on an axis, short: `£1.2m`. For reading a scale, not a figure. */
export function axisMoneyText(value: number, currency: string): string {
  return format(`axis ${currency}`, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    notation: 'compact',
    maximumFractionDigits: 1,
  }).format(value);
}

/** How a figure moved. `direction` is the sign of the number, `tone` whether that is welcome. */
export interface Change {
  readonly direction: 'up' | 'down' | 'level' | 'unknown';
  readonly tone: 'good' | 'bad' | 'plain';
  /** `12.3 %` without a sign: the arrow carries it. */
  readonly short: string;
  /** For screen readers: `up 12.3 % against the previous period`. */
  readonly spoken: string;
}

/**
 * @param change as the API gives it: `absolute` decides the direction, since a relative change of a negative figure has the other sign
 * @param welcome the direction that is good news
 */
export function changeOf(change: { absolute: string | null; ratio: string | null } | undefined, welcome: 'up' | 'down'): Change {
  const absolute = change?.absolute ?? null;
  if (absolute === null) {
    return { direction: 'unknown', tone: 'plain', short: 'no comparison', spoken: 'nothing to compare with in the previous period' };
  }
  const percent = format('percent', { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const ratio = change?.ratio ?? null;
  const short = ratio === null ? 'from zero' : percent.format(exact(ratio.replace(/^-/, '')));
  if (isZero(absolute) || short === percent.format(0)) {
    return { direction: 'level', tone: 'plain', short: percent.format(0), spoken: 'unchanged against the previous period' };
  }
  const direction = absolute.startsWith('-') ? 'down' : 'up';
  return { direction, tone: direction === welcome ? 'good' : 'bad', short, spoken: `${direction} ${short} against the previous period` };
}

function isZero(decimal: string): boolean {
  return /^-?0+(\.0+)?$/.test(decimal);
}

/** Whether a period holds nothing at all: no sale, and no refund of an earlier one. */
export function isEmpty(figures: HeadlineFigures): boolean {
  return figures.orders === 0 && isZero(figures.grossSales) && isZero(figures.returns) && isZero(figures.discounts);
}

/** A probability or share: `87%`; what is neither none nor all never reads as `0%` or `100%`. */
export function percentText(share: number | null, digits = 0): string {
  if (share === null) return noFigure;
  const percent = format(`percent ${digits}`, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits });
  const least = 0.01 / 10 ** digits;
  if (share > 0 && share < least / 2) return `<${percent.format(least)}`;
  if (share < 1 && share > 1 - least / 2) return `>${percent.format(1 - least)}`;
  return percent.format(share);
}

/** A measure of a model, `.743` as `0.743`. */
export function measureText(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return noFigure;
  return format(`measure ${digits}`, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** A difference of measures with its sign: `+0.004`, `−0.012`. */
export function differenceText(value: number, digits = 3): string {
  return format(`difference ${digits}`, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'exceptZero',
  }).format(value);
}
