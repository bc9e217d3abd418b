import { Alarms } from '#alarms';
import { ident, sql, type Sql } from '#clickhouse';
import { topicOf, topics, type TopicName } from '#contracts';
import { gapRow, IngestionMetrics, IngestionService, ledgerRows } from '#ingestion';
import { Metrics } from '#observability';
import {
  anOrder,
  arrivals,
  compareWarehouse,
  foldOracle,
  openTestStack,
  poison,
  seededShop,
  silent,
  type TestMessage,
  type TestStack,
  until,
} from '#testing';
import { LedgerRepository, ShopGate, ShopRepository, WatermarkRepository, type Shop } from '#warehouse';
import kafkajs from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';

// Messages through the real broker, several partitions and the running pipeline; every cell against the oracle.

let stack: TestStack;
let shops: ShopRepository;
let ingestion: IngestionService;
let gate: ShopGate;
const alarms = new Alarms();
const noStamp = { generation: '0', clock: null, watermark: {}, partial: false };

beforeAll(async () => {
  stack = await openTestStack();
  shops = new ShopRepository(stack.clickhouse);
  await shops.prepareSystem();
  ingestion = service();
  await ingestion.start();
});
afterAll(async () => {
  await ingestion.stop();
  await stack.stop();
});

function service(lagMs = 60_000): IngestionService {
  const { clickhouse, streaming } = stack;
  gate = new ShopGate(new WatermarkRepository(clickhouse));
  const parts = {
    clickhouse,
    streaming,
    shops,
    alarms,
    ledger: new LedgerRepository(clickhouse),
    gate,
    metrics: new IngestionMetrics(new Metrics()),
    log: silent,
  };
  const options = { refreshMs: 50, refreshRows: 300, auditMs: 1_000, lagMs, onTruncation: 'halt', claimedBy: 'tests' } as const;
  return new IngestionService(shops, parts, options);
}

async function openShop(name: string, timeZone: string, currency: string): Promise<Shop> {
  const shop = await shops.register({ shop: name, timeZone, currency, fiscalYearStart: 1, clockMode: 'data' });
  await until(() => ingestion.pipeline(name)?.ready === true, `${name} is ready`);
  return shop;
}

async function produce(shop: Shop, messages: readonly TestMessage[]): Promise<void> {
  const producer = await stack.streaming.producer();
  for (const { topic, key, value } of messages) await producer.send(topicOf(shop.shop, topic), [{ key, value: value.toString() }]);
}

/** Until the watermark has passed all that the broker holds. */
async function settled(shop: Shop): Promise<void> {
  const kept = (Object.keys(topics) as TopicName[]).filter((topic) => topic !== 'committed.v1' && topic !== 'alerts.v1');
  const bounds = await stack.streaming.bounds(kept.map((topic) => topicOf(shop.shop, topic)));
  const watermarks = new WatermarkRepository(stack.clickhouse);
  await until(async () => {
    const positions = (await watermarks.read(shop))?.positions ?? [];
    return bounds.every(
      (bound) =>
        bound.end <=
        (positions.find((each) => topicOf(shop.shop, each.topic) === bound.topic && each.partition === bound.partition)?.next ?? 0n),
    );
  }, `${shop.shop} has settled`);
}

it('equals the oracle cell by cell, with duplicates, reorderings and poison, and across a restart of the pipeline', async () => {
  const scenario = seededShop(11, { timeZone: 'Europe/London' });
  const shop = await openShop('through-kafka', scenario.shop.timeZone, scenario.shop.currency);
  const bad = poison(scenario.shop.currency).map(({ message }) => message);
  const messages = arrivals(11, [...scenario.messages, ...bad], { shuffle: true, duplicate: 0.1 });
  const middle = Math.floor(messages.length / 2);
  const differences = (upTo: number) =>
    compareWarehouse(stack.clickhouse, shop.database, foldOracle(messages.slice(0, upTo), shop), shop, { withoutViews: true });

  await produce(shop, messages.slice(0, middle));
  await settled(shop);
  expect(await differences(middle)).toEqual([]);

  await ingestion.stop();
  await produce(shop, messages.slice(middle));
  ingestion = service();
  await ingestion.start();
  await settled(shop);
  expect(await differences(messages.length)).toEqual([]);
});

it('finds nothing wrong in its own audit, and raises no alarm but of what could not be used', async () => {
  const audit = async () => (await ingestion.pipeline('through-kafka')?.status(noStamp))?.audit;
  await until(async () => (await audit())?.ok !== undefined, 'an audit has run');
  expect((await audit())?.checks.map(({ check, ok }) => [check, ok])).toEqual([
    ['offsets', true],
    ['broker', true],
    ['totals', true],
    ['sample', true],
  ]);
  expect([...new Set(alarms.list().map(({ code }) => code))]).toEqual(['dead-letters']);
  expect(alarms.list().map(({ subject }) => subject)).toContain('transactions.v1');
  alarms.forget('through-kafka');
});

it('raises an alarm that names the first difference when a derived figure is wrong', async () => {
  const kpi = ident('shop_through_kafka', 'agg_kpi');
  await stack.clickhouse.command(
    sql`INSERT INTO ${kpi} SELECT * REPLACE (gross + 1 AS gross, generation + 1 AS generation) FROM ${kpi} FINAL WHERE grain = 'day' AND dimension = 'all' LIMIT 1`,
  );
  await until(() => alarms.list().length > 0, 'the audit has seen it');
  expect(alarms.list().map(({ code, subject }) => [code, subject])).toEqual([['audit', 'totals']]);
  expect(alarms.list()[0]?.message).toMatch(/day gross: facts .*, derived /);
});

it('starts all other shops when one cannot, says why, and starts that one by itself when the cause is gone', async () => {
  alarms.list().forEach(({ code, shop, subject }) => alarms.clear(code, shop, subject));
  await ingestion.stop();
  const settings = { timeZone: 'UTC', currency: 'EUR', fiscalYearStart: 1, clockMode: 'data' } as const;
  const topic = topicOf('broken', 'transactions.v1');
  // Somebody else made the topic with other partitions: its shop, which is first in the registry's order, cannot start.
  await stack.streaming.ensureTopics([{ topic, partitions: 1, config: {} }]);
  await shops.register({ shop: 'broken', ...settings });
  ingestion = service();
  await ingestion.start();
  expect(ingestion.pipelines.map(({ shop }) => shop.shop)).not.toContain('broken');
  await until(() => ingestion.pipeline('through-kafka')?.ready === true, 'the others are ready');
  expect(ingestion.failed).toEqual(['broken']);
  expect(alarms.list('broken').map(({ code, message }) => [code, message])).toEqual([
    ['start-failed', expect.stringMatching(/broken.transactions.v1 has 1 partitions.*Delete the topic/s)],
  ]);
  const admin = new kafkajs.Kafka({ brokers: [...stack.streaming.brokers], logLevel: 0 }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
  await until(() => ingestion.pipeline('broken')?.ready === true, 'it starts');
  expect([ingestion.failed, alarms.list('broken')]).toEqual([[], []]);
});

it('shows what the ledger holds of a shop that cannot start, and says where its figures are not whole', async () => {
  await ingestion.stop();
  const settings = { timeZone: 'UTC', currency: 'EUR', fiscalYearStart: 1, clockMode: 'data' } as const;
  const shop = await shops.register({ shop: 'behind', ...settings });
  await shops.prepare(shop);
  // Who wrote this died before its figures stood.
  const message = { offset: 0n, value: Buffer.from(anOrder({ currency: 'EUR' }).value), timestamp: new Date() };
  const rows = ledgerRows(shop, 'transactions.v1', 0, 1, 0n, [message], new Date());
  await new LedgerRepository(stack.clickhouse).append(shop, 'transactions.v1', rows);
  await stack.streaming.ensureTopics([{ topic: topicOf('behind', 'transactions.v1'), partitions: 1, config: {} }]);
  ingestion = service();
  await ingestion.start();
  expect(ingestion.failed).toContain('behind');
  const stamps = (['live', 'settled'] as const).map(async (level) => (await gate.read(shop, () => Promise.resolve(), level)).stamp);
  expect(await Promise.all(stamps)).toMatchObject([
    { watermark: { 'transactions.v1/0': '1:1' }, partial: false },
    { watermark: {}, partial: true },
  ]);
});

it('halts a partition whose broker ends below the ledger until somebody accepts that, then goes on in a new epoch', async () => {
  const shop = await openShop('truncated', 'UTC', 'EUR');
  await produce(shop, seededShop(12, { timeZone: 'UTC' }).messages.slice(0, 40));
  await settled(shop);
  await ingestion.stop();
  const ledger = new LedgerRepository(stack.clickhouse);
  const [head] = (await ledger.heads(shop)).filter(({ topic }) => topic === 'transactions.v1');
  const place = { topic: 'transactions.v1', partition: head?.partition ?? 0 } as const;
  // The ledger holds more than the broker: what a broker that lost its tail looks like.
  const gone = gapRow(place.topic, place.partition, 1, head?.next ?? 0n, 5n, 'lost-by-retention', new Date());
  await ledger.append(shop, place.topic, [gone]);
  ingestion = service();
  await ingestion.start();
  const halted = () => alarms.list('truncated').find(({ code }) => code === 'ledger-ahead');
  await until(() => halted() !== undefined, 'the partition has halted');
  expect(halted()?.subject).toBe(`transactions.v1/${place.partition}`);
  const pipeline = ingestion.pipeline('truncated');
  expect(() => pipeline?.accept('returns.v1', 0)).toThrow(/has not halted/);
  pipeline?.accept(place.topic, place.partition);
  await until(() => halted() === undefined, 'it goes on');
  expect(alarms.list('truncated').map(({ code }) => code)).toContain('new-epoch');
  const end = async () => (await ledger.head(shop, place.topic, place.partition))?.epoch;
  await until(async () => (await end()) === 2, 'what the broker holds is read again');
});

it('stops though figures cannot be moved and an audit waits for the moment at which they rest', async () => {
  const shop = await openShop('stuck', 'UTC', 'GBP');
  const [table, aside] = ['facts_by_customer', 'facts_elsewhere'].map((name) => ident(shop.database, name)) as [Sql, Sql];
  await stack.clickhouse.command(sql`RENAME TABLE ${table} TO ${aside}`);
  await produce(shop, seededShop(12, { timeZone: 'UTC' }).messages.slice(0, 20));
  await until(() => alarms.list(shop.shop).some(({ code }) => code === 'refresh-failed'), 'the refresh fails');
  const audit = ingestion.pipeline(shop.shop)?.audit();
  const ended = audit?.then(
    () => 'ran',
    (error: unknown) => String(error),
  );
  // By then it has read what it compares, and waits.
  await sleep(2_000);
  expect(await Promise.race([ingestion.stop().then(() => 'stopped'), sleep(20_000, 'still stops')])).toBe('stopped');
  expect(await ended).toContain('are not moved any more');
  await stack.clickhouse.command(sql`RENAME TABLE ${aside} TO ${table}`);
  ingestion = service();
  await ingestion.start();
  await until(() => !alarms.list(shop.shop).some(({ code }) => code === 'refresh-failed'), 'the refresh goes on');
});

it('raises an alarm while messages wait for too long', async () => {
  await ingestion.stop();
  ingestion = service(1_200);
  await ingestion.start();
  const shop = await openShop('waiting', 'UTC', 'GBP');
  const [table, aside] = ['agg_headline', 'headline_elsewhere'].map((name) => ident(shop.database, name)) as [Sql, Sql];
  await stack.clickhouse.command(sql`RENAME TABLE ${table} TO ${aside}`);
  await produce(shop, [anOrder()]);
  const lag = (): string | undefined => alarms.list(shop.shop).find(({ code }) => code === 'lag')?.message;
  await until(() => lag() !== undefined, 'the order has waited for too long');
  expect(lag()).toMatch(/are in no figure of waiting yet\. Messages that wait: transactions\.v1\/\d 1\./);
  await stack.clickhouse.command(sql`RENAME TABLE ${aside} TO ${table}`);
  await until(() => alarms.list(shop.shop).length === 0, 'it is in the figures');
});
