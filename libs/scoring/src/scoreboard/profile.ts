import type { Distribution, ModelReference } from '#contracts';
import { setImmediate as breathe } from 'node:timers/promises';
import { binOf } from './psi.js';

/** Rows that tenths are made of: more would move no edge by more than a fraction of a percent. */
const mostRows = 20_000;

/** Rows of `width` numbers, thinned evenly once there are twice as many as needed. */
export class ColumnSample {
  #rows: Float32Array[] = [];
  #step = 1;
  #seen = 0;

  constructor(readonly width: number) {}

  /** Rows seen so far. */
  get seen(): number {
    return this.#seen;
  }

  add(row: Float32Array): void {
    if (this.#seen % this.#step === 0) this.#rows.push(row.slice());
    this.#seen += 1;
    if (this.#rows.length >= 2 * mostRows) {
      this.#rows = this.#rows.filter((_, index) => index % 2 === 0);
      this.#step *= 2;
    }
  }

  /** One column, in no order. */
  column(index: number): Float32Array {
    return Float32Array.from(this.#rows, (row) => row[index] ?? NaN);
  }
}

/** Tenths of a column by the inverse of its distribution function; the same value is one edge. As the trainer does (reference.py). */
export function distributionOf(values: Float32Array): Distribution {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const present = sorted.length;
  const tenths = present === 0 ? [] : Array.from({ length: 9 }, (_, tenth) => sorted[Math.ceil(((tenth + 1) * present) / 10) - 1] ?? 0);
  const edges = [...new Set(tenths)];
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of sorted) {
    const bin = binOf(edges, value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const share = (count: number): number => (values.length === 0 ? 0 : count / values.length);
  return { edges, shares: counts.map(share), missing: share(values.length - present) };
}

/** Lets others have the thread: a column of 20,000 rows takes some 3 ms. */

/**
 * How features and scores lie.
 * @param names of the columns; the sample has the score behind them
 */
export async function profileOf(names: readonly string[], sample: ColumnSample): Promise<ModelReference> {
  const features: Record<string, Distribution> = {};
  for (const [index, name] of names.entries()) {
    features[name] = distributionOf(sample.column(index));
    await breathe();
  }
  return { rows: sample.seen, features, score: distributionOf(sample.column(names.length)) };
}

/** How many rows lie in each bin of a reference. */
export class BinCounts {
  readonly #columns: { readonly edges: readonly number[]; readonly counts: number[] }[];
  #rows = 0;

  /** @param names of the columns; the score is behind them. One that the reference does not know counts nowhere. */
  constructor(
    private readonly names: readonly string[],
    reference: ModelReference,
  ) {
    const of = (each: Distribution | undefined) => ({
      edges: each?.edges ?? [],
      counts: new Array<number>((each?.edges.length ?? 0) + 2).fill(0),
    });
    this.#columns = [...names.map((name) => of(reference.features[name])), of(reference.score)];
  }

  get rows(): number {
    return this.#rows;
  }

  add(row: Float32Array): void {
    this.#rows += 1;
    this.#columns.forEach(({ edges, counts }, index) => {
      const value = row[index] ?? NaN;
      const bin = Number.isNaN(value) ? edges.length + 1 : binOf(edges, value);
      counts[bin] = (counts[bin] ?? 0) + 1;
    });
  }

  /** Of a feature, missing ones last. */
  of(name: string): readonly number[] {
    return this.#columns[this.names.indexOf(name)]?.counts ?? [];
  }
  get score(): readonly number[] {
    return this.#columns.at(-1)?.counts ?? [];
  }
}
