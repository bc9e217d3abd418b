import { openServer } from '#clickhouse';
import { topicOf, type ShopAnswer, type SummaryAnswer } from '#contracts';
import { openStreaming, type Streaming } from '#streaming';
import {
  anOrder,
  compareWarehouse,
  FaultProxy,
  foldOracle,
  openTestBroker,
  silent,
  type ProductProcess,
  type TestBroker,
  type TestMessage,
  until,
} from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { atRest } from './answers.js';
import { starter, startStore } from './processes.js';

// A kill after the watermark row and before the hint that tells of it. Needs the build (npm test makes it).

const shop = 'hinted';
const settings = { timeZone: 'UTC', currency: 'EUR' };
const hints = topicOf(shop, 'committed.v1');
let directory: string;
let proxy: FaultProxy;
let broker: TestBroker;
let streaming: Streaming;
const running: ProductProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-hint-'));
  proxy = await FaultProxy.open(1);
  broker = await openTestBroker(proxy.address);
  proxy.leadTo(broker.bootstrap);
  streaming = openStreaming({ brokers: [proxy.address], clientId: 'tests', logger: silent });
});
afterAll(async () => {
  await proxy.end();
  for (const each of running.reverse()) await each.end();
  await streaming.close();
  await broker.stop();
  await proxy.close();
  await rm(directory, { recursive: true, force: true });
});

/** A request of Kafka's protocol (length, then its kind: 0 is Produce) that brings something for the topic of the hints. */
const bringsHint = (sent: Buffer): boolean => sent.length > 5 && sent.readInt16BE(4) === 0 && sent.includes(hints);
const hintsSent = async (): Promise<bigint> => (await streaming.bounds([hints])).reduce((sum, { end }) => sum + end, 0n);

/** A process that does not know the shop yet says 404. */
const isReady = (api: ProductProcess): Promise<boolean> =>
  api.get<ShopAnswer>(`/api/v1/shops/${shop}`).then(
    ({ status }) => status === 'ready',
    () => false,
  );

async function send(message: TestMessage): Promise<void> {
  const producer = await streaming.producer();
  await producer.send(topicOf(shop, 'transactions.v1'), [{ key: message.key, value: message.value.toString() }]);
  await producer.close();
}

it('loses nothing when it is killed between a watermark and its hint: readers see the figures, the next process goes on', async () => {
  const start = starter(running);
  const { storeUrl } = await startStore(directory, running);
  const env = { CLICKHOUSE_URL: storeUrl, KAFKA_BROKERS: proxy.address, TIDELINE_PORT: '0' };
  const [first, api] = await Promise.all([start('ingestor', env), start('api', env)]);
  await api.call(`/api/v1/shops/${shop}`, 'PUT', { ...settings, clock: 'data' });
  await until(() => isReady(first), 'the shop is ready');
  const orders = ['one', 'two', 'three'].map((orderId) => anOrder({ orderId, currency: 'EUR' }, { id: `e-${orderId}` }));
  const [one, two, three] = orders as [TestMessage, TestMessage, TestMessage];
  const shown = async (): Promise<number> => (await api.get<SummaryAnswer>(`/api/v1/shops/${shop}/kpis/summary`)).figures.orders;

  await send(one);
  await atRest([first], shop);
  await until(async () => (await shown()) === 1, 'the first order is shown');
  await until(async () => (await hintsSent()) > 0n, 'its hint is sent');
  // The hint of a settling follows that of the step.
  await sleep(2_000);

  const before = await hintsSent();
  await proxy.begin({ kind: 'half-open', from: bringsHint });
  await send(two);
  await until(async () => (await shown()) === 2 && proxy.counts.held > 0, 'the watermark stands, the hint is on its way');
  await first.end('SIGKILL');
  await proxy.end();
  expect(await hintsSent()).toBe(before);
  expect(await shown()).toBe(2);

  const second = await start('ingestor', env);
  await until(() => isReady(second), 'another process has the shop');
  await until(async () => (await hintsSent()) > before, 'it tells where the figures stand, though nothing came');
  await send(three);
  await until(async () => (await shown()) === 3, 'it goes on', { ms: 100_000 });
  await atRest([second], shop);
  const clickhouse = openServer(storeUrl);
  const differences = await compareWarehouse(clickhouse, `shop_${shop}`, foldOracle(orders, settings), settings).finally(() =>
    clickhouse.close(),
  );
  expect(differences).toEqual([]);
});
