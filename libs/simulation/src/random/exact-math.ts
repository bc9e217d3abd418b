/**
 * exp and ln from additions, multiplications and divisions alone. The language leaves the last digits of Math.exp and
 * Math.log to the engine; a threshold turns one such digit into another history. IEEE 754 fixes these four operations to
 * the last bit, so a world is the same on every machine. Accurate to about 1e-15.
 */
const bits = new DataView(new ArrayBuffer(8));
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

/** Natural logarithm of a positive, normal number. */
export function ln(x: number): number {
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let mantissa = bits.getFloat64(0);
  // Between 1/sqrt 2 and sqrt 2 the series below converges fastest.
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let power = 23; power >= 1; power -= 2) sum = sum * square + 1 / power;
  return exponent * ln2High + (2 * s * sum + exponent * ln2Low);
}

/** e to the power of x, |x| below 700. */
export function exp(x: number): number {
  const k = Math.round(x / Math.LN2);
  const r = x - k * ln2High - k * ln2Low;
  let sum = 1;
  for (let n = 14; n >= 1; n -= 1) sum = 1 + (sum * r) / n;
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return sum * bits.getFloat64(0);
}

/** A positive base to any power. */
export function power(base: number, exponent: number): number {
  return exp(exponent * ln(base));
}
