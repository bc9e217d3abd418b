const zero = '0'.charCodeAt(0);
const nine = '9'.charCodeAt(0);
const minus = '-'.charCodeAt(0);
const point = '.'.charCodeAt(0);
const powersOfTen = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/** A whole number, `most` at most. @throws {RangeError} on anything else */
export function wholeIn(value: unknown, most: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > most) throw new RangeError(`${String(value)} is no whole number up to ${most}`);
  return number;
}

/** A whole number of 64 bits, none below zero. @throws {RangeError} on anything else */
export function whole64In(value: unknown): number | bigint {
  const number = Number(value);
  // What a double holds exactly needs no bigint, which costs ten times as much.
  if (Number.isSafeInteger(number) && number >= 0) return number;
  if (typeof value === 'bigint' || (typeof value === 'string' && /^\d+$/.test(value))) {
    const large = BigInt(value);
    if (large >= 0n && large < 1n << 64n) return large;
  }
  throw new RangeError(`${String(value)} is no whole number of 64 bits`);
}

/** @throws {RangeError} on what is no number, and on infinity */
export function finiteIn(value: unknown): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw new RangeError(`${String(value)} is no finite number`);
  return number;
}

/** Millionths in a decimal text of at most six fraction digits, exact. @param most digits in all @throws {RangeError} on anything else */
export function microsIn(text: string, most: number): number | bigint {
  const isNegative = text.charCodeAt(0) === minus;
  const start = isNegative ? 1 : 0;
  let micros = 0;
  let pointAt = text.length;
  for (let index = start; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === point && pointAt === text.length && index > start) pointAt = index;
    else if (code >= zero && code <= nine) micros = micros * 10 + (code - zero);
    else throw noDecimal(text);
  }
  const fraction = Math.max(0, text.length - pointAt - 1);
  const scale = powersOfTen[6 - fraction];
  if (text.length === start || pointAt === text.length - 1 || scale === undefined) throw noDecimal(text);
  micros *= scale;
  if (micros <= Number.MAX_SAFE_INTEGER) return isNegative ? -micros : micros;
  // A double has lost digits on the way.
  const exact = BigInt(text.slice(0, pointAt) + text.slice(pointAt + 1).padEnd(6, '0'));
  if (exact >= 10n ** BigInt(most) || exact <= -(10n ** BigInt(most))) throw new RangeError(`${text} has more than ${most} digits`);
  return exact;
}

/** Milliseconds since 1970 of `2011-12-09 12:50:00`, with one to three fraction digits or none. @throws {RangeError} on anything else */
export function millisecondsIn(text: string): number {
  const { length } = text;
  if (length < 19 || length === 20 || length > 23) throw noInstant(text);
  const seconds = digitsIn(text, 11, 13) * 3600 + digitsIn(text, 14, 16) * 60 + digitsIn(text, 17, 19);
  const fraction = length > 20 ? digitsIn(text, 20, length) * (powersOfTen[23 - length] ?? 1) : 0;
  return (daysAtStartOf(text) * 86_400 + seconds) * 1000 + fraction;
}

/** Days since 1970 of `2011-12-09`, until 2149. @throws {RangeError} on anything else */
export function daysIn(text: string): number {
  const days = text.length === 10 ? daysAtStartOf(text) : Number.NaN;
  // Counted in two bytes.
  if (!(days >= 0 && days <= 0xffff)) throw new RangeError(`${JSON.stringify(text)} is no day such as 2011-12-09, from 1970 to 2149`);
  return days;
}

/** By Howard Hinnant's "days from civil": years begin in March there, so that the day which comes and goes is the last one. */
function daysAtStartOf(text: string): number {
  const month = digitsIn(text, 5, 7);
  const year = digitsIn(text, 0, 4) - (month > 2 ? 0 : 1);
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + digitsIn(text, 8, 10) - 1;
  return year * 365 + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + dayOfYear - 719_468;
}

function digitsIn(text: string, from: number, to: number): number {
  let number = 0;
  for (let index = from; index < to; index += 1) {
    const code = text.charCodeAt(index);
    if (code < zero || code > nine) throw noInstant(text);
    number = number * 10 + (code - zero);
  }
  return number;
}

function noDecimal(text: string): RangeError {
  return new RangeError(`${JSON.stringify(text)} is no decimal of at most six fraction digits`);
}

function noInstant(text: string): RangeError {
  return new RangeError(`${JSON.stringify(text)} is no instant such as 2011-12-09 12:50:00.000`);
}
