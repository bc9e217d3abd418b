import { openServer } from '#clickhouse';
import { topicOf, type PipelineAnswer, type ShopAnswer } from '#contracts';
import {
  arrivals,
  compareWarehouse,
  foldOracle,
  Instance,
  openTestBroker,
  poison,
  ProductProcess,
  seededShop,
  silent,
  thorough,
  type TestBroker,
  type TestMessage,
  until as untilTrue,
} from '#testing';
import { openStreaming, type Streaming } from '#streaming';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { figuresOf, type Api } from './answers.js';
import { freePort, processes, rowsWritten } from './processes.js';

// The product as separate processes over one broker: a store, two ingestors, an API. Needs the build (npm test makes it).

const secret = 'secret-of-the-processes';
let directory: string;
let broker: TestBroker;
let streaming: Streaming;
const running: ProductProcess[] = [];
let allInOne: Instance | undefined;

async function start(name: 'store' | 'ingestor' | 'api', env: Readonly<Record<string, string>>): Promise<ProductProcess> {
  const started = await ProductProcess.start(name, env);
  running.push(started);
  return started;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-processes-'));
  broker = await openTestBroker();
  streaming = openStreaming({ brokers: [broker.bootstrap], clientId: 'tests', logger: silent });
});
afterAll(async () => {
  for (const each of running.reverse()) await each.end();
  await allInOne?.stop();
  await streaming.close();
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

/** With what the processes said, when it does not come true. */
async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  await untilTrue(condition, what).catch((error: unknown) => {
    throw new Error(`${what}\n${running.map((each) => each.said.slice(-2_000)).join('\n')}`, { cause: error });
  });
}

async function settled(api: Pick<Api, 'get'>, shop: string, messages: number): Promise<void> {
  await until(async () => {
    const pipeline = (await api.get<PipelineAnswer>('/api/v1/pipeline')).shops.find((each) => each.shop === shop);
    const ends = pipeline?.partitions.reduce((sum, each) => sum + Number(each.brokerEnd), 0) ?? 0;
    return ends >= messages && pipeline !== undefined && pipeline.partitions.every((each) => each.lag === '0');
  }, `${shop} has settled`);
}

async function produce(shop: string, messages: readonly TestMessage[]): Promise<void> {
  const producer = await streaming.producer();
  for (const { topic, key, value } of messages) await producer.send(topicOf(shop, topic), [{ key, value: value.toString() }]);
  await producer.close();
}

async function ready(at: Api, shop: string): Promise<void> {
  await until(async () => (await at.get<ShopAnswer>(`/api/v1/shops/${shop}`)).status === 'ready', `${shop} is ready`);
}

/** The all-in-one of the same messages, which lets other tools read its store while it runs. */
async function together(api: Api, settings: object, messages: readonly TestMessage[]): Promise<void> {
  const readers = await freePort();
  allInOne = await Instance.start(join(directory, 'all-in-one'), {
    KAFKA_BROKERS: broker.bootstrap,
    TIDELINE_STORE_PORT: String(readers),
  });
  // Its simulator is off: there is no shop but those that are made.
  expect(await allInOne.get('/api/v1/shops')).toEqual({ shops: [] });
  await allInOne.call('PUT', '/api/v1/shops/together', settings);
  await ready(allInOne, 'together');
  await produce('together', messages);
  await settled(allInOne, 'together', messages.length);
  expect(await figuresOf(api, 'apart')).toEqual(await figuresOf(allInOne, 'together'));

  const asked = (statement: string) => fetch(`http://127.0.0.1:${readers}/`, { method: 'POST', body: statement });
  expect(await (await asked('SELECT count() > 0 FROM shop_together.ledger')).text()).toBe('1\n');
  expect((await asked('DROP DATABASE shop_together')).headers.get('x-clickhouse-exception-code')).toBe('164');
}

it('gives the cells of the oracle, and where it is thorough those of the all-in-one, with two ingestors of which one is stopped on the way', async () => {
  const store = await start('store', {
    TIDELINE_DATA: join(directory, 'store'),
    TIDELINE_STORE_WRITE_PORT: '0',
    TIDELINE_STORE_SECRET: secret,
  });
  const storeUrl = store.url.replace('//', `//tideline:${secret}@`);
  const env = { CLICKHOUSE_URL: storeUrl, KAFKA_BROKERS: broker.bootstrap, TIDELINE_PORT: '0' };
  const [first, second, api] = await Promise.all([start('ingestor', env), start('ingestor', env), start('api', env)]);

  const scenario = seededShop(21, { timeZone: 'Europe/London' });
  const settings = { timeZone: scenario.shop.timeZone, currency: scenario.shop.currency, fiscalYearStart: 1, clock: 'data' };
  const messages = arrivals(21, [...scenario.messages, ...poison(scenario.shop.currency).map(({ message }) => message)], {
    shuffle: true,
    duplicate: 0.1,
  });
  const middle = Math.floor(messages.length / 2);

  await api.call('/api/v1/shops/apart', 'PUT', settings);
  await ready(api, 'apart');
  await ready(first, 'apart');
  await ready(second, 'apart');
  await produce('apart', messages.slice(0, middle));
  await settled(api, 'apart', middle);
  // Both took part: each counts the messages that it wrote itself.
  for (const ingestor of [first, second]) expect(await rowsWritten(ingestor)).toBeGreaterThan(0);
  const clickhouse = openServer(storeUrl);
  const shop = { shop: 'apart', database: 'shop_apart', ...scenario.shop };
  const differences = (upTo: number) =>
    compareWarehouse(clickhouse, shop.database, foldOracle(messages.slice(0, upTo), scenario.shop), scenario.shop, { withoutViews: true });
  expect(await differences(middle)).toEqual([]);

  // The one that refreshes goes; the other takes over both its partitions and the refresh.
  await produce('apart', messages.slice(middle, middle + 20));
  expect(await first.end()).toBe(0);
  await produce('apart', messages.slice(middle + 20));
  await settled(api, 'apart', messages.length);
  expect(await differences(messages.length)).toEqual([]);

  if (thorough) await together(api, settings, messages);
  await clickhouse.close();
  for (const each of [second, api, store]) expect(await each.end(), each.said.slice(-500)).toBe(0);
}, 600_000);

// `npm run test:integrity -- processes` does it with the whole world.
if (thorough)
  it('gives the same cells with a simulator as a process of its own: the first weeks of the world', async () => {
    const measures = await processes(join(directory, 'simulated'), Date.UTC(2024, 1, 1));
    expect(measures.filter(({ ok }) => !ok)).toEqual([]);
    expect(measures[0]?.value).toBeGreaterThan(1_000);
  }, 600_000);
