import { ident, openEmbedded, sql, type ClickHouse, type Sql } from '#clickhouse';
import { aRawMessage, arrivals, seededShop, ShopRun } from '#testing';
import { FingerprintReads, fingerprintStatements, ShopGate, WatermarkRepository, type Shop } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FingerprintService } from './fingerprint.service.js';

let directory: string;
let clickhouse: ClickHouse;
let fingerprints: FingerprintService;
let one: ShopRun;
let other: ShopRun;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-prints-'));
  clickhouse = await openEmbedded(directory);
  fingerprints = new FingerprintService(new FingerprintReads(clickhouse), new ShopGate(new WatermarkRepository(clickhouse)));
  const scenario = seededShop(51, { timeZone: 'Europe/London', orders: 60 });
  const messages = arrivals(51, [...scenario.messages, aRawMessage('clock.v1', 'no tick')], { duplicate: 0.1 });
  one = await ShopRun.open(clickhouse, 'one', scenario.shop);
  await one.arrive(messages, 400);
  other = await ShopRun.open(clickhouse, 'other', scenario.shop, 50);
  // Another order: other dense keys, other generations, other offsets.
  await other.arrive(arrivals(52, messages, { shuffle: true }), 90);
  for (const run of [one, other]) await run.refresher.refreshViews();
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

async function printsOf(shop: Shop): Promise<Map<string, string>> {
  const { tables, partial } = await fingerprints.of(shop);
  expect(partial).toBe(false);
  return new Map(tables.map(({ table, fingerprint }) => [table, fingerprint]));
}

describe('the fingerprint', () => {
  it('is the same for the same messages in another order: no key, generation, offset or instant of ingestion is in it', async () => {
    const [a, b] = [await fingerprints.of(one.shop), await fingerprints.of(other.shop)];
    expect(b.tables).toEqual(a.tables);
    expect(b.fingerprint).toBe(a.fingerprint);
    expect(a.tables.filter(({ rows }) => rows === 0).map(({ table }) => table)).toEqual([]);
    const keys = (run: ShopRun): Promise<object[]> =>
      clickhouse.query(sql`SELECT * FROM ${ident(run.shop.database, 'dim_customer_keys')} ORDER BY customer_id`);
    expect(await keys(one)).not.toEqual(await keys(other));
  });

  it('counts a message that two processes wrote, at one place, once', async () => {
    const before = await printsOf(one.shop);
    const table = ident(one.shop.database, 'ledger_transactions');
    await clickhouse.command(sql`INSERT INTO ${table} SELECT * FROM ${table} WHERE offset < 5`);
    expect(await printsOf(one.shop)).toEqual(before);
  });

  // One business value of one row, as a wrong fold would leave it.
  const changes: readonly (readonly [table: string, change: Sql])[] = [
    ['fact_sales', sql`quantity + 1 AS quantity, generation + 1 AS generation`],
    ['fact_returns', sql`concat(reason, '!') AS reason, generation + 1 AS generation`],
    ['agg_headline', sql`orders + 1 AS orders, generation + 1 AS generation`],
    ['fact_returns_left_out', sql`amount + toDecimal64(0.000001, 6) AS amount, generation + 1 AS generation`],
    ['facts_by_customer', sql`addMilliseconds(at, 1) AS at, generation + 1 AS generation`],
    ['fact_campaign_days', sql`clicks + 1 AS clicks, generation + 1 AS generation`],
    ['fact_stock_counts', sql`units + 1 AS units, generation + 1 AS generation`],
    ['dim_customers', sql`'changed' AS email, generation + 1 AS generation`],
    ['dim_products', sql`'changed' AS brand, generation + 1 AS generation`],
    ['dim_campaigns', sql`'changed' AS channel, generation + 1 AS generation`],
    ['agg_kpi', sql`units + 1 AS units, generation + 1 AS generation`],
    ['agg_customer_month', sql`orders + 1 AS orders, generation + 1 AS generation`],
    ['agg_customer', sql`addMilliseconds(first_order, 1) AS first_order, generation + 1 AS generation`],
    ['agg_campaign_day', sql`spend + toDecimal128(1, 6) AS spend, generation + 1 AS generation`],
  ];

  /** After the last change. */
  let standing: Map<string, string> | undefined;
  it.each(changes.map(([table, change]) => ({ table, change })))(
    'shows a change of one value of $table, and nothing else',
    async ({ table, change }) => {
      const before = (standing ??= await printsOf(other.shop));
      const name = ident(other.shop.database, table);
      const counted = table.startsWith('dim_') ? sql`WHERE NOT placeholder` : sql``;
      await clickhouse.command(sql`INSERT INTO ${name} SELECT * REPLACE (${change}) FROM ${name} FINAL ${counted} LIMIT 1`);
      const after = (standing = await printsOf(other.shop));
      expect([...after].filter(([each, print]) => before.get(each) !== print).map(([each]) => each)).toEqual([table]);
    },
  );

  it('shows another buyer in a bucket, and one more row of each other table', async () => {
    const before = await printsOf(other.shop);
    const name = (table: string): Sql => ident(other.shop.database, table);
    const kpi = name('agg_kpi');
    await clickhouse.command(
      sql`INSERT INTO ${kpi} SELECT * REPLACE (bitmapBuild(arrayMap(key -> toUInt32(key + 1), bitmapToArray(buyers))) AS buyers, generation + 2 AS generation)
FROM ${kpi} FINAL WHERE bitmapCardinality(buyers) > 0 LIMIT 1`,
    );
    const appended = [
      'mv_rfm_scores',
      'mv_cohort_retention',
      'mv_segment_flow',
      'ledger_customers',
      'ledger_products',
      'ledger_campaigns',
      'ledger_returns',
    ];
    for (const table of appended) {
      const place = table.startsWith('ledger_') ? sql`offset + 1000000 AS offset` : sql`generation AS generation`;
      await clickhouse.command(sql`INSERT INTO ${name(table)} SELECT * REPLACE (${place}) FROM ${name(table)} LIMIT 1`);
    }
    await clickhouse.command(
      sql`INSERT INTO ${name('ledger_clock')} SELECT * REPLACE (offset + 1000000 AS offset) FROM ${name('ledger_clock')} WHERE verdict = 'rejected' LIMIT 1`,
    );
    const after = await printsOf(other.shop);
    const changed = [...after].filter(([each, print]) => before.get(each) !== print).map(([each]) => each);
    expect(changed.sort()).toEqual(['agg_kpi', 'ledger_clock', ...appended].sort());
  });

  it('says that it is of several moments while the shop moves', async () => {
    const messages = seededShop(53, { timeZone: 'Europe/London' }).messages.slice(0, 20);
    await one.arrive(messages, 20, false);
    const reads = new FingerprintReads(clickhouse);
    const gate = new ShopGate(new WatermarkRepository(clickhouse));
    const impatient = new FingerprintService(reads, gate, { lookMs: 10, patienceMs: 50 });
    expect((await impatient.of(one.shop)).partial).toBe(true);
    await one.settle();
    await one.refresher.refreshViews();
    expect((await impatient.of(one.shop)).partial).toBe(false);
  });

  it('looks at every table that has figures of a shop', async () => {
    const rows = await clickhouse.query<{ name: string }>(
      sql`SELECT name FROM system.tables WHERE database = ${one.shop.database} AND match(name, '^(ledger|fact|facts|dim|agg|mv)_') ORDER BY name`,
    );
    // The calendar and the dense keys hold nothing that came from anybody.
    const machinery = ['dim_customer_keys', 'dim_date', 'dim_time'];
    expect(rows.map(({ name }) => name).filter((name) => !machinery.includes(name))).toEqual(
      fingerprintStatements(one.shop)
        .map(({ table }) => table)
        .sort(),
    );
  });
});
