import { ident, join, sql, type Sql } from '#clickhouse';

/** Grains of the derived tables, finest first; the position is the value of their Enum8, less one. */
export const grains = ['slice', 'minute', 'hour', 'day', 'month'] as const;
export type Grain = (typeof grains)[number];

/** A bucket of the derived tables. */
export interface Bucket {
  readonly grain: Grain;
  /** Unix seconds of its start. */
  readonly start: number;
}

/** Start of the shop's bucket of a grain that holds an instant, as stored: a DateTime in UTC. */
export function bucketOf(grain: Grain, at: Sql, zone: Sql): Sql {
  switch (grain) {
    case 'slice':
      return at;
    case 'minute':
      return sql`toStartOfMinute(${at})`;
    case 'hour':
      return sql`toTimeZone(toStartOfHour(${at}, ${zone}), 'UTC')`;
    case 'day':
      return sql`toTimeZone(toStartOfDay(${at}, ${zone}), 'UTC')`;
    case 'month':
      return sql`toTimeZone(toDateTime(toStartOfMonth(${at}, ${zone}), ${zone}), 'UTC')`;
  }
}

/** Start of the bucket of each grain that holds one instant, Unix seconds, as columns of a SELECT. */
export function bucketColumns(at: Sql, zone: Sql): Sql {
  return join(grains.map((grain) => sql`toUnixTimestamp(${bucketOf(grain, slice(at), zone)}) AS ${ident(`${grain}_start`)}`));
}

/** What `bucketColumns` gives: the engine's own functions say where a bucket starts. */
export type BucketStarts = Readonly<Record<`${Grain}_start`, number>>;

/** Buckets that a step has to compute anew, by grain, as Unix seconds of their starts. */
export class DirtyBuckets {
  readonly #starts: Readonly<Record<Grain, Set<number>>> = {
    slice: new Set(),
    minute: new Set(),
    hour: new Set(),
    day: new Set(),
    month: new Set(),
  };

  /** Slices, the most of all grains. */
  get size(): number {
    return this.#starts.slice.size;
  }

  add(starts: BucketStarts): void {
    for (const grain of grains) this.#starts[grain].add(starts[`${grain}_start`]);
  }

  merge(other: DirtyBuckets): void {
    for (const grain of grains) for (const start of other.#starts[grain]) this.#starts[grain].add(start);
  }

  clear(): void {
    for (const grain of grains) this.#starts[grain].clear();
  }

  /** Ascending. */
  of(grain: Grain): number[] {
    return [...this.#starts[grain]].sort((a, b) => a - b);
  }
}

/** From one instant until before another, Unix seconds. */
interface Span {
  readonly from: number;
  readonly until: number;
}

/** Up to this many stand in a statement as literals. */
const fewBuckets = 300;

/**
 * Predicates on dirty buckets. A few stand in the statement as literals: a sub-query per use costs several milliseconds of planning each,
 * most of what a small step takes. Many are read from the work table: thousands of literals take longer still.
 */
export class DirtySql {
  readonly #few: boolean;

  /**
   * @param table a work table `(grain, start)`
   * @param span only buckets that start within it, Unix seconds; all by default
   */
  constructor(
    private readonly dirty: DirtyBuckets,
    private readonly table: Sql,
    private readonly span: Span = { from: -Infinity, until: Infinity },
  ) {
    this.#few = dirty.size <= fewBuckets;
  }

  /**
   * The same buckets in spans of whole months of the shop, so that every level of a bucket is in one of them. One span of all where the
   * slices are few.
   * @param most slices in a span, but a month is not divided
   */
  portions(most: number): DirtySql[] {
    if (this.dirty.size <= most) return [this];
    const months = this.dirty.of('month');
    const slices = this.dirty.of('slice');
    const portions: DirtySql[] = [];
    let from = -Infinity;
    let taken = 0;
    for (const [index, month] of months.entries()) {
      const until = months[index + 1] ?? Infinity;
      const ofMonth = slices.filter((slice) => slice >= month && slice < until).length;
      if (taken > 0 && taken + ofMonth > most) {
        portions.push(new DirtySql(this.dirty, this.table, { from, until: month }));
        from = month;
        taken = 0;
      }
      taken += ofMonth;
    }
    return [...portions, new DirtySql(this.dirty, this.table, { from, until: Infinity })];
  }

  /** What the work table must hold before the predicates are used; nothing when the buckets are few. */
  rows(): [grain: Grain, start: number][] {
    return this.#few ? [] : grains.flatMap((grain) => this.dirty.of(grain).map((start): [Grain, number] => [grain, start]));
  }

  get any(): boolean {
    return this.dirty.size > 0;
  }

  /** Whether a bucket, given by its start, is one of a grain. A DateTime compared with numbers is compared as Unix seconds. */
  has(grain: Grain, start: Sql): Sql {
    if (!this.#few) return this.#spanned(start, sql`${start} IN (SELECT start FROM ${this.table} WHERE grain = ${grain})`);
    return this.any ? this.#spanned(start, sql`${start} IN ${this.dirty.of(grain)}`) : sql`0`;
  }

  /** Rows that lie in dirty buckets of a grain; the outer bounds prune, the list decides. */
  inside(grain: Grain, bucket: Sql, zone: Sql): Sql {
    const all = this.dirty.of(grain);
    const [first, last] = [all[0], all[all.length - 1]];
    if (first === undefined || last === undefined) return sql`0`;
    const from = Math.max(first, this.span.from);
    const until = Math.min(last + longest[grain], this.span.until);
    return sql`(${bucket} >= ${from} AND ${bucket} < ${until} AND ${this.has(grain, bucketOf(grain, bucket, zone))})`;
  }

  /** Whether a row of a derived table, given by its columns `grain` and `bucket`, stands in a dirty bucket. */
  holds(): Sql {
    const bucket = sql`bucket`;
    if (!this.#few) return this.#spanned(bucket, sql`(grain, bucket) IN (SELECT grain, start FROM ${this.table})`);
    if (!this.any) return sql`0`;
    return this.#spanned(bucket, isOneOf(this.#all()));
  }

  /** The same, in a form by which the engine prunes. */
  standing(): Sql {
    if (this.#few && this.any) return sql`(${startsAsOneOf(this.#all())} AND ${this.holds()})`;
    return join(
      grains.map((grain) => sql`(grain = ${grain} AND ${this.has(grain, sql`bucket`)})`),
      ' OR ',
    );
  }

  #all(): Bucket[] {
    return grains.flatMap((grain) => this.dirty.of(grain).map((start) => ({ grain, start })));
  }

  #spanned(start: Sql, predicate: Sql): Sql {
    const { from, until } = this.span;
    const bounds = [
      ...(Number.isFinite(from) ? [sql`${start} >= ${from}`] : []),
      ...(Number.isFinite(until) ? [sql`${start} < ${until}`] : []),
    ];
    return bounds.length > 0 ? sql`(${join([...bounds, predicate], ' AND ')})` : predicate;
  }
}

/** Whether a row of a derived table, given by its columns `grain` and `bucket`, is one of some buckets. */
export function isOneOf(buckets: readonly Bucket[]): Sql {
  // One number per bucket: a list of tuples takes far longer to parse.
  const numbers = buckets.map(({ grain, start }) => (grains.indexOf(grain) + 1) * 2 ** 32 + start);
  return sql`toUInt64(toUInt8(grain)) * 4294967296 + toUnixTimestamp(bucket) IN ${numbers}`;
}

/** Whether it starts as one of them does: by this the engine prunes. */
export function startsAsOneOf(buckets: readonly Bucket[]): Sql {
  return sql`bucket IN ${[...new Set(buckets.map(({ start }) => start))]}`;
}

/** Start of the 5-second slice of an instant. */
function slice(at: Sql): Sql {
  return sql`toDateTime(intDiv(toUnixTimestamp(${at}), 5) * 5, 'UTC')`;
}

/** Seconds after which a bucket has surely ended. */
const longest: Readonly<Record<Grain, number>> = { slice: 5, minute: 60, hour: 2 * 3_600, day: 26 * 3_600, month: 32 * 86_400 };
