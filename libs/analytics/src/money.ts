/** Millionths: every amount of the warehouse is a whole number of them. */
const micro = 1_000_000n;

/** `10655622.484` -> 10655622484000n. */
export function toMicros(decimal: string): bigint {
  const negative = decimal.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? decimal.slice(1) : decimal).split('.');
  const value = BigInt(whole) * micro + BigInt(fraction.padEnd(6, '0').slice(0, 6));
  return negative ? -value : value;
}

/** Exact text with at least two fraction digits: 896812490000n -> `896812.49`. */
export function amountText(micros: bigint): string {
  const absolute = micros < 0n ? -micros : micros;
  const fraction = (absolute % micro)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${micros < 0n ? '-' : ''}${absolute / micro}.${fraction}`;
}

/** `numerator / denominator` with six digits, rounded half away from zero; null where the divisor is zero. */
export function ratioText(numerator: bigint, denominator: bigint): string | null {
  if (denominator === 0n) return null;
  const negative = numerator < 0n !== denominator < 0n;
  const [n, d] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  const scaled = (2n * n * micro + d) / (2n * d);
  const text = `${scaled / micro}.${(scaled % micro).toString().padStart(6, '0')}`;
  return negative && scaled !== 0n ? `-${text}` : text;
}
