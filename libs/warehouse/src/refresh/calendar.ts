import { join, sql, type ClickHouse } from '#clickhouse';
import type { Shop } from '../shop.js';
import { bucketColumns, type BucketStarts } from './dirty.js';

/** Where the buckets of one instant start, and the first day of the shop's month, `2011-12-01`. */
export type Buckets = BucketStarts & { readonly month: string };

const mostKept = 20_000;
export const sliceSeconds = 5;

/** Buckets of instants as the engine's own calendar has them, asked once for each slice. */
export class BucketCalendar {
  readonly #bySlice = new Map<number, Buckets>();

  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly shop: Shop,
  ) {}

  /** @param seconds Unix seconds of instants @returns buckets by the start of the slice, see `sliceOf` */
  async of(seconds: readonly number[]): Promise<ReadonlyMap<number, Buckets>> {
    if (this.#bySlice.size > mostKept) this.#bySlice.clear();
    const asked = [...new Set(seconds.map(sliceOf))].filter((slice) => !this.#bySlice.has(slice));
    if (asked.length > 0) {
      const zone = sql`${this.shop.timeZone}`;
      const rows = await this.clickhouse.query<Buckets>(
        sql`SELECT ${bucketColumns(sql`at`, zone)}, toStartOfMonth(toTimeZone(at, ${zone})) AS month
FROM (SELECT toDateTime(arrayJoin([${join(asked.map((slice) => sql`${slice}`))}]), 'UTC') AS at)`,
        'refresher',
      );
      for (const row of rows) this.#bySlice.set(row.slice_start, row);
    }
    return this.#bySlice;
  }
}

/** Start of the slice that holds an instant, both Unix seconds. */
export function sliceOf(seconds: number): number {
  return Math.floor(seconds / sliceSeconds) * sliceSeconds;
}
