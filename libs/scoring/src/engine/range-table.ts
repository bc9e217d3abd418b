/** Least and highest of any stretch of a list, each asked in constant time (sparse table: Bender, Farach-Colton 2000). */
export class RangeTable {
  private readonly least: Float64Array[];
  private readonly highest: Float64Array[];

  constructor(private readonly values: Float64Array) {
    this.least = levels(values, Math.min);
    this.highest = levels(values, Math.max);
  }

  get length(): number {
    return this.values.length;
  }

  /** Of the places `from` to `to`, both included; both must lie in the list. */
  range(from: number, to: number): readonly [least: number, highest: number] {
    const level = 31 - Math.clz32(to - from + 1);
    const second = to - 2 ** level + 1;
    const [least, highest] = [this.least[level], this.highest[level]];
    return [Math.min(least?.[from] ?? NaN, least?.[second] ?? NaN), Math.max(highest?.[from] ?? NaN, highest?.[second] ?? NaN)];
  }
}

/** Level k holds what `pick` makes of the 2^k values from each place on. */
function levels(values: Float64Array, pick: (one: number, other: number) => number): Float64Array[] {
  const all = [values];
  for (let reach = 1; 2 * reach <= values.length; reach *= 2) {
    const before = all.at(-1) ?? values;
    all.push(Float64Array.from({ length: values.length - 2 * reach + 1 }, (_, at) => pick(before[at] ?? NaN, before[at + reach] ?? NaN)));
  }
  return all;
}
