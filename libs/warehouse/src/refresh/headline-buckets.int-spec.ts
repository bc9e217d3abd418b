import { openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { ShopRun } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tableOf, type Shop } from '../shop.js';
import { HeadlineBuckets, headlineColumns } from './headline-buckets.js';
import type { Addition } from './headline.js';

let directory: string;
let engine: ClickHouse;
let shop: Shop;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-buckets-'));
  engine = await openEmbedded(directory);
  ({ shop } = await ShopRun.open(engine, 'buckets', { timeZone: 'UTC', currency: 'GBP' }));
});
afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

const minutes = 90;
/** One order a minute, each by a customer of its own and one whom all have, and the hour of all. */
function additionsOf(round: number): Addition[] {
  const amounts = { gross: '12345678901234567890.000001', discounts: '0.5' };
  const ofMinutes = Array.from({ length: minutes }, (_, minute): Addition => {
    const customerKeys = [7, 1_000 * round + minute + 10];
    return { grain: 'minute', start: 1_700_000_040 + 60 * minute, ...amounts, orders: 2, units: '18446744073709551', customerKeys };
  });
  return [
    ...ofMinutes,
    { grain: 'hour', start: 1_700_000_040, gross: '1', discounts: '0', orders: 1, units: '1', customerKeys: [round + 1] },
  ];
}

it('adds round after round to what stands, also to more buckets than it keeps, and after it forgot', async () => {
  const buckets = new HeadlineBuckets(engine, shop);
  const table = tableOf(shop, 'agg_headline');
  for (let round = 0; round < 4; round += 1) {
    await engine.insertRows(table, headlineColumns, await buckets.with(additionsOf(round), BigInt(round + 1)));
    if (round === 2) buckets.forget();
  }
  const rows = await engine.query(
    sql`SELECT grain, count() AS buckets, any(h.gross) AS gross, uniqExact(h.gross) AS kinds, any(h.discounts) AS discounts, sum(h.orders) AS orders,
      any(h.units) AS units, min(bitmapCardinality(h.buyers)) AS buyers, max(h.generation) AS generation
    FROM ${table} AS h FINAL GROUP BY grain ORDER BY grain`,
  );
  expect(rows).toEqual([
    {
      ...{ grain: 'minute', buckets: String(minutes), gross: '49382715604938271560.000004', kinds: '1', discounts: '2' },
      ...{ orders: String(8 * minutes), units: '73786976294838204', buyers: '5', generation: '4' },
    },
    { grain: 'hour', buckets: '1', gross: '4', kinds: '1', discounts: '0', orders: '4', units: '4', buyers: '4', generation: '4' },
  ]);
});
