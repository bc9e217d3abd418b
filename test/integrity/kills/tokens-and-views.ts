import { sql, type ClickHouse } from '#clickhouse';
import { Random, type Difference } from '#testing';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Subject } from './subject.js';

const batches = 12;
const rowsPerBatch = 20;

interface Sale {
  readonly day: string;
  readonly cents: number;
}

/**
 * The negative control, built as one would without a ledger: each batch is inserted with a deduplication token and sent again when its
 * offset was not committed, and a materialized view sums what is inserted. Under the kills that the product survives it goes wrong.
 */
export const tokensAndViews = (directory: string): Subject => ({
  async prepare(store, seed) {
    await store.command(sql`CREATE DATABASE control`);
    await store.command(sql`CREATE TABLE control.sales (day Date, cents UInt64) ENGINE = MergeTree ORDER BY day
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1`);
    await store.command(sql`CREATE TABLE control.days (day Date, orders UInt64, cents UInt64) ENGINE = SummingMergeTree ORDER BY day
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1`);
    await store.command(sql`CREATE MATERIALIZED VIEW control.into_days TO control.days
AS SELECT day, count() AS orders, sum(cents) AS cents FROM control.sales GROUP BY day`);
    await ingest(store, directory, seed, batches / 2);
  },
  work: (store, seed) => ingest(store, directory, seed, batches),
  async differences(store, seed) {
    await ingest(store, directory, seed, batches);
    const rows = await store.query<{ day: string; orders: string; cents: string }>(
      sql`SELECT day, sum(orders) AS orders, sum(cents) AS cents FROM control.days GROUP BY day ORDER BY day`,
    );
    const sums = new Map(rows.map(({ day, orders, cents }) => [day, `${orders} orders, ${cents}`]));
    const days = new Map<string, { orders: number; cents: number }>();
    for (const { day, cents } of Array.from({ length: batches }, (_, batch) => batchOf(seed, batch)).flat()) {
      const sum = days.get(day) ?? { orders: 0, cents: 0 };
      days.set(day, { orders: sum.orders + 1, cents: sum.cents + cents });
    }
    const differences: Difference[] = [];
    for (const [key, { orders, cents }] of days) {
      const [expected, actual] = [`${orders} orders, ${cents}`, sums.get(key) ?? null];
      if (expected !== actual) differences.push({ table: 'control.days', key, column: 'orders, cents', expected, actual });
    }
    return differences;
  },
});

async function ingest(store: ClickHouse, directory: string, seed: number, until: number): Promise<void> {
  // The consumer group's offset.
  const committed = join(directory, 'committed');
  const next = Number(await readFile(committed, 'utf8').catch(() => '0'));
  for (let batch = next; batch < until; batch += 1) {
    const rows = batchOf(seed, batch).map(({ day, cents }) => sql`(${day}, ${cents})`);
    await store.command(sql`INSERT INTO control.sales
SETTINGS insert_deduplicate = 1, deduplicate_blocks_in_dependent_materialized_views = 1, insert_deduplication_token = ${`sales-${batch}`}
VALUES ${rows.reduce((all, row) => sql`${all}, ${row}`)}`);
    await writeFile(committed, String(batch + 1));
  }
}

/** One batch of the topic: the same whenever it is fetched. */
function batchOf(seed: number, batch: number): Sale[] {
  const random = new Random(seed * 1_000 + batch);
  return Array.from({ length: rowsPerBatch }, () => ({ day: `2024-01-0${random.whole(1, 9)}`, cents: random.whole(1, 9_999) }));
}
