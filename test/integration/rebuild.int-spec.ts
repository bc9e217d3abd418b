import { Alarms } from '#alarms';
import { sql, type Sql } from '#clickhouse';
import { topicOf } from '#contracts';
import { IngestionMetrics, IngestionService } from '#ingestion';
import { Metrics } from '#observability';
import {
  aLine,
  anOrder,
  compareWarehouse,
  foldOracle,
  openTestStack,
  plantOrphan,
  seededShop,
  silent,
  type TestMessage,
  type TestStack,
  until as untilTrue,
} from '#testing';
import { figureTables, LedgerRepository, ShopGate, ShopRepository, tableOf, WatermarkRepository, type Level, type Shop } from '#warehouse';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';

// A rebuild of a shop that goes on: events stream in through the real broker, readers never stop asking.

let stack: TestStack;
let gate: ShopGate;
let shop: Shop;
let ingestion: IngestionService;
const alarms = new Alarms();
const sent: TestMessage[] = [];

beforeAll(async () => {
  stack = await openTestStack();
  const { clickhouse, streaming } = stack;
  gate = new ShopGate(new WatermarkRepository(clickhouse));
  const shops = new ShopRepository(clickhouse);
  await shops.prepareSystem();
  const scenario = seededShop(21, { timeZone: 'Europe/London', orders: 80 });
  shop = await shops.register({ shop: 'rebuilt', ...scenario.shop, fiscalYearStart: 1, clockMode: 'data' });
  const parts = {
    ...{ clickhouse, streaming, shops, alarms, gate, log: silent },
    ledger: new LedgerRepository(clickhouse),
    metrics: new IngestionMetrics(new Metrics()),
  };
  // Its own audit would see the cells that are changed here, and say so: this spec is about what a rebuild does.
  const options = {
    refreshMs: 20,
    refreshRows: 2_000,
    auditMs: 3_600_000,
    lagMs: 60_000,
    onTruncation: 'halt',
    claimedBy: 'tests',
  } as const;
  ingestion = new IngestionService(shops, parts, options);
  await ingestion.start();
  await until(() => ingestion.pipeline(shop.shop)?.ready === true, 'it is ready');
  await produce(scenario.messages);
  await settled();
});
afterAll(async () => {
  await ingestion.stop();
  await stack.stop();
});

async function produce(messages: readonly TestMessage[]): Promise<void> {
  const producer = await stack.streaming.producer();
  for (const { topic, key, value } of messages) await producer.send(topicOf(shop.shop, topic), [{ key, value: value.toString() }]);
  await producer.close();
  sent.push(...messages);
}

async function settled(): Promise<void> {
  await until(async () => {
    const { value } = await gate.read(shop, (stamp) => ingestion.pipeline(shop.shop)?.status(stamp) ?? Promise.resolve(undefined));
    return value?.partitions.every(({ lag }) => lag === '0') === true;
  }, 'it has settled');
}

const until = (condition: () => boolean | Promise<boolean>, what: string): Promise<void> => untilTrue(condition, what, { ms: 90_000 });

async function maintained(work: 'audit' | 'rebuild') {
  const pipeline = ingestion.pipeline(shop.shop);
  pipeline?.maintain(work, []);
  await until(() => pipeline?.maintenance?.state !== 'running', `the ${work} is through`);
  const state = pipeline?.maintenance;
  expect(state?.error).toBeNull();
  return state;
}

const table = (name: string): Sql => tableOf(shop, name);
const sumOf = (name: string, where: Sql = sql`1`): Sql => sql`(SELECT sum(gross) FROM ${table(name)} FINAL WHERE ${where})`;

/** Figures that are 0 in a healthy shop, whatever events came: a difference of two tables, or a count of what should not be. */
const watched: Readonly<Record<Level, () => Sql[]>> = {
  settled: () => [
    sql`${sumOf('agg_kpi', sql`grain = 'month' AND dimension = 'all'`)} - ${sumOf('agg_kpi', sql`grain = 'day' AND dimension = 'all'`)}`,
    sql`${sumOf('agg_customer')} - ${sumOf('agg_customer_month')}`,
    sql`(SELECT count() FROM ${table('dim_products')} FINAL WHERE product_id = 'orphan')`,
  ],
  live: () => [
    sql`${sumOf('agg_headline', sql`grain = 'month'`)} - ${sumOf('agg_headline', sql`grain = 'slice'`)}`,
    sql`${sumOf('fact_sales')} - ${sumOf('agg_headline', sql`grain = 'hour'`)}`,
  ],
};

/** One answer of several statements, as the API makes it. */
async function see(level: Level): Promise<{ seen: string; generation: string; partial: boolean }> {
  const ask = async (figure: Sql): Promise<number> =>
    Number((await stack.clickhouse.query<{ n: string }>(sql`SELECT toString(${figure}) AS n`))[0]?.n);
  const { value, stamp } = await gate.read(shop, () => Promise.all(watched[level]().map(ask)), level);
  return { seen: value.join(' '), generation: stamp.generation, partial: stamp.partial };
}

/** Changed cells and a row too many, none of them where the events of this spec go. */
async function corrupt(): Promise<void> {
  const add = (name: string, amount: number, where: Sql): Promise<void> =>
    stack.clickhouse.command(sql`ALTER TABLE ${table(name)} UPDATE gross = gross + ${amount} WHERE ${where} SETTINGS mutations_sync = 2`);
  const may = sql`grain = 'month' AND bucket BETWEEN '2023-04-30 12:00:00' AND '2023-05-01 12:00:00'`;
  await add('agg_kpi', 1_000, sql`${may} AND dimension = 'all'`);
  await add('agg_headline', 300, may);
  await add('fact_sales', 7, sql`(order_id, line) IN (SELECT order_id, line FROM ${table('fact_sales')} FINAL ORDER BY order_id LIMIT 1)`);
  await add('agg_customer', 500, sql`customer_key = 5`);
  const products = (await figureTables(stack.clickhouse, shop)).find(({ name }) => name === 'dim_products');
  if (!products) throw new Error('There are no products.');
  await plantOrphan(stack.clickhouse, table(products.name), products);
}

it('shows readers the old figures or the new ones, and is exact, while events stream in', async () => {
  await corrupt();
  const before = { settled: (await see('settled')).seen, live: (await see('live')).seen };
  expect(before).toEqual({ settled: '1000 500 1', live: '300 7' });

  let going = true;
  const faults: string[] = [];
  const answers = { settled: new Map<string, string>(), live: new Map<string, string>() };
  const reader = async (level: Level): Promise<void> => {
    for (let renewed = false; going;) {
      const { seen, generation, partial } = await see(level);
      const healthy = seen.split(' ').every((each) => each === '0');
      if (partial) faults.push(`${level}: partial`);
      if (!healthy && seen !== before[level]) faults.push(`${level}: a mixture, ${seen}`);
      if (!healthy && renewed) faults.push(`${level}: old figures after new ones, ${seen}`);
      const same = answers[level].get(generation) ?? seen;
      if (same !== seen) faults.push(`${level}: generation ${generation} is both ${same} and ${seen}`);
      answers[level].set(generation, seen);
      renewed ||= healthy;
    }
  };
  const readers = (['settled', 'live', 'settled', 'live'] as const).map(reader);
  let streamed = 0;
  const stream = (async () => {
    for (; going; streamed += 10) {
      await produce(
        Array.from({ length: 10 }, (_, index) =>
          anOrder({
            orderId: `new-${streamed + index}`,
            orderedAt: `2024-02-0${1 + (index % 9)}T10:00:00Z`,
            currency: shop.currency,
            customerId: `new-${(streamed + index) % 70}`,
            lines: [aLine({ productId: `p${index}`, quantity: 1, unitPrice: '3.50' })],
          }),
        ),
      );
    }
  })();
  const state = await maintained('rebuild');
  await sleep(500);
  going = false;
  await Promise.all([...readers, stream]);

  expect(faults).toEqual([]);
  expect(state?.tables).toContain('agg_kpi');
  for (const level of ['settled', 'live'] as const) {
    const seen = [...answers[level].values()];
    // Both were seen, or the readers proved nothing.
    expect(seen).toContain(before[level]);
    expect(seen[seen.length - 1]?.split(' ').every((each) => each === '0')).toBe(true);
  }
  expect(streamed).toBeGreaterThan(50);
  await settled();
  expect(await compareWarehouse(stack.clickhouse, shop.database, foldOracle(sent, shop), shop, { withoutViews: true })).toEqual([]);
  expect((await maintained('audit'))?.audit?.checks.filter(({ ok }) => !ok)).toEqual([]);
  // Some of the messages cannot be used, and that is said.
  expect(alarms.list().filter(({ code }) => code !== 'dead-letters')).toEqual([]);
});
