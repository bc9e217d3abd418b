/** A decimal number as millionths, exactly. */
export type Micros = bigint;

const unit = 1_000_000n;

/**
 * Reads a number as it stands in a file.
 * @returns millionths, or undefined when it is not a number or has more than six fraction digits that matter
 */
export function parseDecimal(text: string, decimal: '.' | ',' = '.', thousands = ''): Micros | undefined {
  let plain = text.trim();
  if (thousands !== '' && plain.includes(thousands)) {
    // Only true groups of three: "2,5" with a comma between thousands is a mistake, not twenty-five.
    const [whole = '', ...rest] = plain.split(decimal);
    const [head = '', ...groups] = whole.replace(/^[+-]/, '').split(thousands);
    if (!/^\d{1,3}$/.test(head) || groups.some((group) => !/^\d{3}$/.test(group))) return undefined;
    plain = [whole.replaceAll(thousands, ''), ...rest].join(decimal);
  }
  if (decimal === ',') {
    // "1.234" in a file of decimal commas is one thousand two hundred, never 1.234.
    if (plain.includes('.')) return undefined;
    plain = plain.replace(',', '.');
  }
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(plain);
  if (!parts || ((parts[2] ?? '') === '' && (parts[3] ?? '') === '')) return undefined;
  const fraction = (parts[3] ?? '').replace(/0+$/, '');
  if (fraction.length > 6) return undefined;
  const value = BigInt(parts[2] === '' ? '0' : (parts[2] ?? '0')) * unit + BigInt(fraction.padEnd(6, '0'));
  return parts[1] === '-' ? -value : value;
}

/**
 * `parseDecimal` for one notation that remembers: a file has half a million prices and a thousand different ones.
 */
export function decimalReader(numbers: { decimal: '.' | ','; thousands: string }): (text: string) => Micros | undefined {
  const known = new Map<string, Micros | undefined>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined && !known.has(text)) {
      if (known.size >= remembered) known.clear();
      value = parseDecimal(text, numbers.decimal, numbers.thousands);
      known.set(text, value);
    }
    return value;
  };
}

const remembered = 100_000;

/** The decimal string of a contract: `2.55`, `0`, `1500`. */
export function decimalText(micros: Micros): string {
  const absolute = micros < 0n ? -micros : micros;
  const fraction = (absolute % unit).toString().padStart(6, '0').replace(/0+$/, '');
  return `${micros < 0n ? '-' : ''}${absolute / unit}${fraction === '' ? '' : `.${fraction}`}`;
}

/** A whole number, or undefined. */
export function wholeUnits(micros: Micros): number | undefined {
  if (micros % unit !== 0n) return undefined;
  const value = Number(micros / unit);
  return Number.isSafeInteger(value) ? value : undefined;
}
