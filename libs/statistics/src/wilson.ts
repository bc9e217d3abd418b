/** Two-sided 95 % point of the normal distribution. */
const z = 1.959963984540054;

/**
 * Interval of a share, 95 %. It stays within 0 and 1 and is honest for few.
 * @param size how many were drawn independently, above 0; need not be whole
 * @see E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22, 1927
 */
export function wilsonInterval(share: number, size: number): { readonly low: number; readonly high: number } {
  const spread = z ** 2 / size;
  const centre = (share + spread / 2) / (1 + spread);
  const half = (z / (1 + spread)) * Math.sqrt((share * (1 - share)) / size + spread / (4 * size));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
