/** Money in millionths of a unit: `12.5` is `12_500_000n`. Sums of it are exact, whatever their order. */
export type Micros = bigint;

const million = 1_000_000n;

/** `"12.5"` -> `12_500_000n`; nothing is nothing. */
export function micros(text: string | null | undefined): Micros {
  if (text === null || text === undefined) return 0n;
  const [units = '0', fraction = ''] = text.split('.');
  return BigInt(units) * million + BigInt(fraction.padEnd(6, '0'));
}

/** Money as REST shows it: exact, at least two fraction digits, no further trailing zeros: `896812.49`, `5.00`, `1.955`. */
export function moneyText(amount: Micros): string {
  return trimmed(amount, 2);
}

/** Money as ClickHouse prints a Decimal: `896812.49`, `5`, `1.955`. */
export function storedMoney(amount: Micros): string {
  return trimmed(amount, 0);
}

/** Money per piece with six fraction digits, rounded half-up (away from zero); null without pieces. */
export function averageText(amount: Micros, pieces: bigint | number): string | null {
  return pieces === 0n || pieces === 0 ? null : sixDigits(roundedQuotient(amount, BigInt(pieces)));
}

/** `part / whole` with six fraction digits, rounded half-up (away from zero); null when the whole is 0. */
export function ratioText(part: bigint | number, whole: bigint | number): string | null {
  return whole === 0n || whole === 0 ? null : sixDigits(roundedQuotient(BigInt(part) * million, BigInt(whole)));
}

function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend;
  const quotient = (2n * size + divisor) / (2n * divisor);
  return dividend < 0n ? -quotient : quotient;
}

function sixDigits(value: Micros): string {
  const size = value < 0n ? -value : value;
  return `${value < 0n ? '-' : ''}${size / million}.${(size % million).toString().padStart(6, '0')}`;
}

function trimmed(amount: Micros, leastDigits: number): string {
  const [units = '0', digits = ''] = sixDigits(amount).split('.');
  const fraction = digits.replace(/0+$/, '').padEnd(leastDigits, '0');
  return fraction === '' ? units : `${units}.${fraction}`;
}
