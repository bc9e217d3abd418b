/** Least and highest of any stretch of a list, each asked in constant time (sparse table: Bender, Farach-Colton 2000). */
export class RangeTable {
  /** Level k holds the least and the highest of the 2^k values from each place on. */
  private readonly least: Float64Array[];
  private readonly highest: Float64Array[];

  private constructor(private readonly values: Float64Array) {
    this.least = [values];
    this.highest = [values];
  }

  /** @param between is waited for between two levels, each of which takes a millisecond for some thousand values */
  static async of(values: Float64Array, between: () => Promise<void>): Promise<RangeTable> {
    const table = new RangeTable(values);
    for (let reach = 1; 2 * reach <= values.length; reach *= 2) {
      await between();
      const [less, more] = [table.least.at(-1) ?? values, table.highest.at(-1) ?? values];
      const size = values.length - 2 * reach + 1;
      const [least, highest] = [new Float64Array(size), new Float64Array(size)];
      for (let at = 0; at < size; at += 1) {
        least[at] = Math.min(less[at] ?? NaN, less[at + reach] ?? NaN);
        highest[at] = Math.max(more[at] ?? NaN, more[at + reach] ?? NaN);
      }
      table.least.push(least);
      table.highest.push(highest);
    }
    return table;
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
