import { Alarms } from '#alarms';
import { topicOf } from '#contracts';
import { IngestionMetrics, IngestionService, type TruncationPolicy } from '#ingestion';
import { Metrics } from '#observability';
import { domainTopicConfig } from '#streaming';
import {
  anOrder,
  compareWarehouse,
  foldOracle,
  openTestStack,
  silent,
  type TestMessage,
  type TestStack,
  until as untilTrue,
} from '#testing';
import { LedgerRepository, ShopGate, ShopRepository, WatermarkRepository, type Shop } from '#warehouse';
import kafkajs from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

// A topic that is deleted, made anew and filled beyond the ledger's end: its end says nothing, its messages do.

let stack: TestStack;
let shops: ShopRepository;
let ledger: LedgerRepository;
let alarms: Alarms;
let ingestion: IngestionService;
const partitions = 4;

beforeAll(async () => {
  stack = await openTestStack();
  shops = new ShopRepository(stack.clickhouse);
  ledger = new LedgerRepository(stack.clickhouse);
  await shops.prepareSystem();
});
afterEach(() => ingestion.stop());
afterAll(() => stack.stop());

async function run(onTruncation: TruncationPolicy): Promise<void> {
  const { clickhouse, streaming } = stack;
  alarms = new Alarms();
  const gate = new ShopGate(new WatermarkRepository(clickhouse));
  const metrics = new IngestionMetrics(new Metrics());
  const parts = { clickhouse, streaming, shops, alarms, ledger, gate, metrics, log: silent };
  const options = { refreshMs: 50, refreshRows: 1_000, auditMs: 60_000, lagMs: 60_000, onTruncation, claimedBy: 'tests' };
  ingestion = new IngestionService(shops, parts, options);
  await ingestion.start();
}

async function openShop(name: string): Promise<Shop> {
  const shop = await shops.register({ shop: name, timeZone: 'UTC', currency: 'EUR', fiscalYearStart: 1, clockMode: 'data' });
  await until(() => ingestion.pipeline(name)?.ready === true, `${name} is ready`);
  return shop;
}

const orders = (life: string, count: number): TestMessage[] =>
  Array.from({ length: count }, (_, index) =>
    anOrder({ orderId: `${life}-${index}`, customerId: `c-${index}`, currency: 'EUR' }, { id: `${life}-${index}` }),
  );

async function send(shop: Shop, messages: readonly TestMessage[]): Promise<void> {
  const producer = await stack.streaming.producer();
  const all = messages.map(({ key, value }) => ({ key, value: value.toString() }));
  // A topic that was made a moment ago may not have its leaders yet.
  await until(() => producer.send(topicOf(shop.shop, 'transactions.v1'), all).then(() => true, () => false), 'they are sent'); // prettier-ignore
  await producer.close();
}

/** Another topic of the same name, which has more messages in each partition. */
async function makeAnew(shop: Shop, messages: readonly TestMessage[]): Promise<void> {
  const topic = topicOf(shop.shop, 'transactions.v1');
  const admin = new kafkajs.Kafka({ brokers: [...stack.streaming.brokers], logLevel: 0 }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
  // Who runs has to have missed it: docs/delivery.md says what is not seen between two looks at the topics.
  const pipeline = ingestion.pipeline(shop.shop);
  if (pipeline?.ready) await until(() => pipeline.state === 'retrying', 'it is missed');
  const make = (): Promise<void> => stack.streaming.ensureTopics([{ topic, partitions, config: domainTopicConfig }]);
  await until(() => make().then(() => true, () => false), 'it is made anew'); // prettier-ignore
  await send(shop, messages);
}

async function epochs(shop: Shop): Promise<number[]> {
  const heads = await ledger.heads(shop);
  return Array.from({ length: partitions }, (_, partition) =>
    Math.max(...heads.filter((head) => head.topic === 'transactions.v1' && head.partition === partition).map(({ epoch }) => epoch)),
  );
}

/** Until the figures hold all that was ever sent; then cells that differ from the oracle over it. */
async function differences(shop: Shop, messages: readonly TestMessage[]): Promise<unknown[]> {
  const isThrough = async (): Promise<boolean> => {
    const positions = ingestion.pipeline(shop.shop) && (await new WatermarkRepository(stack.clickhouse).read(shop))?.positions;
    const bounds = await stack.streaming.bounds([topicOf(shop.shop, 'transactions.v1')]);
    const ends = await ledger.heads(shop);
    return bounds.every(({ partition, end }) => {
      const epoch = Math.max(...ends.filter((each) => each.partition === partition).map((each) => each.epoch));
      return positions?.some((each) => each.topic === 'transactions.v1' && each.partition === partition && each.epoch === epoch && each.next === end); // prettier-ignore
    });
  };
  await until(isThrough, 'the figures stand at the ends of the topic');
  const { clickhouse } = stack;
  return compareWarehouse(clickhouse, shop.database, foldOracle(messages, shop), shop, { withoutViews: true, withoutLedger: true });
}

const until = (condition: () => boolean | Promise<boolean>, what: string): Promise<void> => untilTrue(condition, what, { ms: 40_000 });

const codes = (shop: Shop): string[] =>
  [...new Set(alarms.list(shop.shop).map(({ code }) => code))].filter((code) => code !== 'ledger-failed');

it('is found at the start, and read from its beginning in a new epoch', async () => {
  await run('new-epoch');
  const shop = await openShop('anew');
  const [first, second] = [orders('first', 60), orders('second', 200)];
  await send(shop, first);
  expect(await differences(shop, first)).toEqual([]);
  await ingestion.stop();
  await makeAnew(shop, second);
  await run('new-epoch');
  await until(async () => (await epochs(shop)).every((epoch) => epoch === 2), 'each partition has a new epoch');
  expect(await differences(shop, [...first, ...second])).toEqual([]);
  expect(codes(shop)).toEqual(['new-epoch']);
});

it('is found while the process runs', async () => {
  await run('new-epoch');
  const shop = await openShop('under-way');
  const [first, second] = [orders('first', 60), orders('second', 200)];
  await send(shop, first);
  expect(await differences(shop, first)).toEqual([]);
  await makeAnew(shop, second);
  await until(async () => (await epochs(shop)).every((epoch) => epoch === 2), 'each partition has a new epoch');
  expect(await differences(shop, [...first, ...second])).toEqual([]);
  expect(codes(shop)).toEqual(['new-epoch']);
});

it('halts on a broker of somebody else until somebody accepts it', async () => {
  await run('halt');
  const shop = await openShop('halted');
  const [first, second] = [orders('first', 60), orders('second', 200)];
  await send(shop, first);
  expect(await differences(shop, first)).toEqual([]);
  await ingestion.stop();
  await makeAnew(shop, second);
  await run('halt');
  const halted = () => alarms.list(shop.shop).filter(({ code }) => code === 'ledger-ahead');
  await until(() => halted().length === partitions, 'each partition has halted');
  expect(await epochs(shop)).toEqual([1, 1, 1, 1]);
  expect(halted()[0]?.message).toMatch(/holds another message at offset \d+ than the ledger took from there.*accept --shop halted/);
  for (let partition = 0; partition < partitions; partition += 1) ingestion.pipeline(shop.shop)?.accept('transactions.v1', partition);
  await until(async () => (await epochs(shop)).every((epoch) => epoch === 2), 'each partition goes on');
  expect(await differences(shop, [...first, ...second])).toEqual([]);
  expect(codes(shop)).toEqual(['new-epoch']);
});

it('is not suspected when the same topic is met again', async () => {
  await run('halt');
  const shop = await openShop('same');
  const all = orders('same', 100);
  await send(shop, all.slice(0, 60));
  expect(await differences(shop, all.slice(0, 60))).toEqual([]);
  await ingestion.stop();
  await send(shop, all.slice(60));
  await run('halt');
  expect(await differences(shop, all)).toEqual([]);
  expect([await epochs(shop), codes(shop)]).toEqual([[1, 1, 1, 1], []]);
});
