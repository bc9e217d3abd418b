import { ident, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { ledgerRows } from '#ingestion';
import { LedgerRepository, LiveReads } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foldOracle } from '../oracle/index.js';
import { arrivals, seededShop, twentyCustomers } from '../scenarios/index.js';
import { sampled, thorough } from '../thorough.js';
import { compareWarehouse, ShopRun, type Difference } from './index.js';

let directory: string;
let clickhouse: ClickHouse;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-compare-'));
  clickhouse = await openEmbedded(directory);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

describe('the warehouse equals the oracle', () => {
  it('for the twenty customers, message by message and again in another order', async () => {
    const scenario = twentyCustomers();
    const run = await ShopRun.open(clickhouse, 'twenty', scenario.shop);
    await run.arrive(scenario.messages, 10);
    expect(await run.differences()).toEqual([]);
    await run.arrive(arrivals(1, scenario.messages, { duplicate: 0.5, shuffle: true }), 40);
    expect(await run.differences()).toEqual([]);
  });

  const seeded: readonly (readonly [seed: number, timeZone: string])[] = [
    [2, 'America/New_York'],
    [1, 'Europe/London'],
    [3, 'Asia/Kolkata'],
  ];
  it.each(sampled(seeded, seeded.length))('for the seeded shop %i in %s, shuffled', async (seed, timeZone) => {
    const scenario = seededShop(seed, { timeZone });
    const run = await ShopRun.open(clickhouse, `seeded-${seed}`, scenario.shop, 40);
    const messages = arrivals(seed, scenario.messages, { shuffle: seed > 1, duplicate: 0.1 });
    await run.arrive(messages.slice(0, messages.length / 2), 60);
    expect(await run.differences()).toEqual([]);
    await run.arrive(messages.slice(messages.length / 2), 200);
    expect(await run.differences()).toEqual([]);
  });
});

describe('new rows that this process wrote', () => {
  it('become the facts that reading them from the ledger gives, one by one and a few at a time, in a zone of half hours', async () => {
    const scenario = seededShop(5, { timeZone: 'Asia/Kolkata' });
    const run = await ShopRun.open(clickhouse, 'handed', scenario.shop);
    // One message of each order: a second one would be folded from the ledger, over what was handed.
    const orders = new Map(scenario.messages.filter(({ topic }) => topic === 'transactions.v1').map((each) => [each.key, each]));
    const once = [...orders.values()].slice(0, thorough ? 120 : 88);
    await run.arrive(once.slice(0, 40), 1, false);
    await run.settle();
    expect(await run.differencesOf('settled')).toEqual([]);
    run.ownEvery = 1;
    for (let from = 40; from < once.length; from += 8) {
      await run.arrive(once.slice(from, from + 8), 4, false);
      await run.settle();
    }
    expect(run.handedOver).toBeGreaterThan(15);
    expect(await run.differencesOf('live')).toEqual([]);
    expect(await run.differencesOf('settled')).toEqual([]);
    await run.arrive(scenario.messages, 300);
    expect(await run.differences()).toEqual([]);
  });
});

describe('the feed', () => {
  it('shows rows at hand as it shows those it reads', async () => {
    const scenario = seededShop(6, { timeZone: 'UTC' });
    const ledger = new LedgerRepository(clickhouse);
    const run = await ShopRun.open(clickhouse, 'feed', scenario.shop);
    for (const topic of ['transactions.v1', 'returns.v1'] as const) {
      const values = scenario.messages.filter((each) => each.topic === topic).map(({ value }) => value);
      const placed = values.map((value, index) => ({
        offset: BigInt(index),
        value: value === null ? null : Buffer.from(value),
        timestamp: new Date(),
      }));
      await ledger.append(run.shop, topic, ledgerRows(run.shop, topic, 0, 1, 0n, placed, new Date()));
      const stretch = { topic, partition: 0, epoch: 1, from: 3n, to: BigInt(Math.min(placed.length, 1_000)) };
      const read = await new LiveReads(clickhouse).events(run.shop, [stretch]);
      expect(read.length).toBeGreaterThan(10);
      expect(ledger.tail.rows(run.shop, stretch)?.length).toBe(Number(stretch.to - stretch.from));
      expect(await new LiveReads(clickhouse, ledger.tail).events(run.shop, [stretch])).toEqual(read);
    }
  });
});

describe('each level is exact for its own watermark', () => {
  it('while the live one runs ahead, when it settles, and when a new refresher starts over from the settled one', async () => {
    const scenario = seededShop(4, { timeZone: 'Europe/London' });
    const run = await ShopRun.open(clickhouse, 'levels', scenario.shop, 40);
    const messages = arrivals(4, scenario.messages, { shuffle: true, duplicate: 0.1 });
    const third = Math.floor(messages.length / 3);
    await run.arrive(messages.slice(0, third), 100);
    await run.arrive(messages.slice(third, 2 * third), 50, false);
    expect(await run.differencesOf('live')).toEqual([]);
    expect(await run.differencesOf('settled')).toEqual([]);
    // As after a crash: what waited for the settling is gone from memory.
    await run.refresher.claim();
    await run.arrive(messages.slice(2 * third), 100, false);
    expect(await run.differencesOf('live')).toEqual([]);
    await run.refresher.settle();
    expect(await run.differences()).toEqual([]);
  });
});

describe('a single wrong cell is found', () => {
  it('whatever table it stands in', async () => {
    const scenario = twentyCustomers();
    const run = await ShopRun.open(clickhouse, 'wrong', scenario.shop);
    await run.arrive(scenario.messages, 1_000);
    expect(await run.differences()).toEqual([]);
    const table = (name: string) => ident(run.shop.database, name);
    const newest = sql`(SELECT max(generation) + 1 FROM ${table('watermark')})`;
    const spoil = async (statement: ReturnType<typeof sql>): Promise<Difference[]> => {
      await clickhouse.command(statement);
      return compareWarehouse(clickhouse, run.shop.database, foldOracle(scenario.messages, run.shop), run.shop, { print: () => undefined });
    };

    expect(
      await spoil(
        sql`INSERT INTO ${table('agg_kpi')} SELECT * REPLACE (gross + 0.000001 AS gross, ${newest} AS generation) FROM ${table('agg_kpi')} FINAL WHERE grain = 'month' AND dimension = 'all' AND bucket = '2024-01-01'`,
      ),
    ).toEqual([
      { table: 'agg_kpi grain=month dimension=all', key: '2024-01-01 00:00:00 | ', column: 'gross', expected: '100', actual: '100.000001' },
    ]);

    expect(
      await spoil(
        sql`INSERT INTO ${table('agg_kpi')} SELECT * REPLACE (bitmapBuild([toUInt32(4000000000)]) AS buyers, ${newest} AS generation, toDecimal128(100, 6) AS gross) FROM ${table('agg_kpi')} FINAL WHERE grain = 'month' AND dimension = 'all' AND bucket = '2024-01-01'`,
      ),
    ).toEqual([
      {
        table: 'agg_kpi grain=month dimension=all',
        key: '2024-01-01 00:00:00 | ',
        column: 'buyers',
        expected: '["1","2","3","4","5"]',
        actual: '["(no customer has key 4000000000)"]',
      },
    ]);

    const left = await spoil(
      sql`INSERT INTO ${table('fact_returns_left_out')} SELECT * REPLACE (1 AS is_deleted, ${newest} AS generation) FROM ${table('fact_returns_left_out')} FINAL`,
    );
    expect(left.at(-2)).toMatchObject({ table: 'fact_returns_left_out', key: 'r14', column: '(row)', actual: null });

    const extra = await spoil(sql`INSERT INTO ${table('dim_geography')} VALUES ('Atlantis', '', '', 1)`);
    expect(extra.find(({ table: name }) => name === 'dim_geography')).toMatchObject({
      key: 'Atlantis |  | ',
      column: '(row)',
      expected: null,
    });

    const twice = await spoil(
      sql`INSERT INTO ${table('dim_customer_keys')} SELECT '1', customer_key, generation FROM ${table('dim_customer_keys')} WHERE customer_id = '2'`,
    );
    expect(twice.filter(({ table: name }) => name === 'dim_customer_keys').map(({ key, column }) => [key, column])).toEqual(
      expect.arrayContaining([
        ['1', 'customer_id'],
        [expect.stringMatching(/^[12]$/), 'customer_key'],
      ]),
    );

    const ledger = await spoil(
      sql`INSERT INTO ${table('ledger_products')} (partition, epoch, offset, topic, verdict, reason, payload) VALUES (0, 1, 99, 'products.v1', 'rejected', 'not-json', '?')`,
    );
    expect(ledger.find(({ table: name }) => name === 'ledger')).toMatchObject({
      key: 'products.v1 | rejected | not-json',
      column: '(row)',
      expected: null,
    });
  });
});
