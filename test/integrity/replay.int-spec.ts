import { topicOf, type FingerprintAnswer, type PipelineAnswer, type ReplayAnswer, type ShopAnswer, type ShopsAnswer } from '#contracts';
import { openStreaming } from '#streaming';
import {
  arrivals,
  Instance,
  knownInTurn,
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
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';

// A replay whose process is killed goes on, in the process that comes after it or beside it. Needs the build (npm test makes it).

const stepMs = 10 * 60_000;
const scenario = seededShop(71, { timeZone: 'Europe/London' });
const bad = poison(scenario.shop.currency).map(({ message }) => message);
const messages = arrivals(71, [...knownInTurn(scenario.messages, scenario.shop, stepMs), ...bad], { shuffle: true, duplicate: 0.1 });
/** All of it in half a minute. */
const slow = ((scenario.messages.length / 3) * stepMs) / 30_000;
const settings = { timeZone: scenario.shop.timeZone, currency: scenario.shop.currency, fiscalYearStart: 1, clock: 'data' };

let directory: string;
let broker: TestBroker;
let instance: Instance | undefined;
const running: ProductProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-replay-kill-'));
  broker = await openTestBroker();
});
afterAll(async () => {
  await instance?.stop();
  for (const each of running.reverse()) await each.end();
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

/** What answers the API. */
interface Api {
  get<T>(path: string): Promise<T>;
  put(path: string, body: object): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
}

/** With what the processes said, when it does not come true. */
async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  await untilTrue(condition, what, { ms: 120_000 }).catch((error: unknown) => {
    throw new Error(`${what}\n${running.map((each) => each.said.slice(-2_000)).join('\n')}`, { cause: error });
  });
}

async function liveShop(api: Api, shop: string, sent: readonly TestMessage[]): Promise<void> {
  await api.put(`/api/v1/shops/${shop}`, settings);
  await until(async () => (await api.get<ShopAnswer>(`/api/v1/shops/${shop}`)).status === 'ready', `${shop} is ready`);
  const streaming = openStreaming({ brokers: [broker.bootstrap], clientId: 'tests', logger: silent });
  const producer = await streaming.producer();
  for (const { topic, key, value } of sent) await producer.send(topicOf(shop, topic), [{ key, value }]);
  await streaming.close();
  await until(async () => {
    const pipeline = (await api.get<PipelineAnswer>('/api/v1/pipeline')).shops.find((each) => each.shop === shop);
    const ends = pipeline?.partitions.reduce((sum, each) => sum + Number(each.brokerEnd), 0) ?? 0;
    return ends >= sent.length && pipeline !== undefined && pipeline.partitions.every((each) => each.lag === '0');
  }, `${shop} has settled`);
}

async function stateOf(api: Api, shop: string, sandbox: string): Promise<ReplayAnswer> {
  const replay = await api.get<ReplayAnswer>(`/api/v1/shops/${shop}/replays/${sandbox}`);
  if (replay.state === 'broken') throw new Error(replay.detail);
  return replay;
}

/** The share of the replay that the figures hold. */
async function share(api: Api, shop: string, sandbox: string): Promise<number> {
  const { inFigures, messages: all } = await stateOf(api, shop, sandbox);
  return inFigures / all;
}

async function fingerprintOf(api: Api, shop: string): Promise<FingerprintAnswer['tables']> {
  const { tables, partial } = await api.get<FingerprintAnswer>(`/api/v1/shops/${shop}/fingerprint`);
  expect(partial).toBe(false);
  return tables;
}

it('goes on after each kill -9 of the process, ends whole, and is the live shop to the last table', async () => {
  const data = join(directory, 'all-in-one');
  const env = { KAFKA_BROKERS: broker.bootstrap };
  const api: Api = {
    get: (path) => (instance as Instance).get(path),
    put: (path, body) => (instance as Instance).call('PUT', path, body),
    post: (path, body) => (instance as Instance).call('POST', path, body),
  };
  instance = await Instance.start(data, env);
  await liveShop(api, 'killed', messages);
  await api.post('/api/v1/shops/killed/replays', { into: 'again', speed: slow });
  for (const reached of thorough ? [0.01, 0.6] : [0.3]) {
    await until(async () => (await share(api, 'killed', 'again')) >= reached, `${reached} of the replay`);
    // Somewhere in the middle of whatever it does.
    await sleep(137 * (reached * 10));
    const before = await share(api, 'killed', 'again');
    expect(before).toBeLessThan(1);
    await instance.kill();
    instance = await Instance.start(data, env);
    const { state } = await stateOf(api, 'killed', 'again');
    // A slow start may find it at its end already: shop time goes on from where it stood.
    expect(['running', 'preparing', 'done']).toContain(state);
    expect(await share(api, 'killed', 'again')).toBeGreaterThanOrEqual(before);
  }
  await until(async () => (await stateOf(api, 'killed', 'again')).state === 'done', 'the replay is done');
  expect(await fingerprintOf(api, 'again')).toEqual(await fingerprintOf(api, 'killed'));

  // A delete that was cut off is finished by the next start, and the name is free again.
  const deleting = instance.call('DELETE', '/api/v1/shops/killed/replays/again').catch(() => undefined);
  await until(async () => !(await api.get<ShopsAnswer>('/api/v1/shops')).shops.some(({ shop }) => shop === 'again'), 'it is gone');
  await instance.kill();
  await deleting;
  instance = await Instance.start(data, env);
  await api.post('/api/v1/shops/killed/replays', { into: 'again', speed: 'max' });
  await until(async () => (await stateOf(api, 'killed', 'again')).state === 'done', 'the second replay is done');
  expect(await fingerprintOf(api, 'again')).toEqual(await fingerprintOf(api, 'killed'));
  await instance.stop();
  instance = undefined;
}, 600_000);

if (thorough)
  it('is asked for at one process, runs in another, and goes on in a third when that one is killed', async () => {
    const secret = 'secret-of-the-replays';
    const start = async (name: 'store' | 'ingestor' | 'api', env: Readonly<Record<string, string>>): Promise<ProductProcess> => {
      const started = await ProductProcess.start(name, env);
      running.push(started);
      return started;
    };
    const store = await start('store', {
      TIDELINE_DATA: join(directory, 'store'),
      TIDELINE_STORE_WRITE_PORT: '0',
      TIDELINE_STORE_SECRET: secret,
    });
    const env = { CLICKHOUSE_URL: store.url.replace('//', `//tideline:${secret}@`), KAFKA_BROKERS: broker.bootstrap, TIDELINE_PORT: '0' };
    const [first, served] = await Promise.all([start('ingestor', env), start('api', env)]);
    const api: Api = {
      get: (path) => served.get(path),
      put: (path, body) => served.call(path, 'PUT', body),
      post: (path, body) => served.call(path, 'POST', body),
    };
    await liveShop(api, 'apart', messages);
    await api.post('/api/v1/shops/apart/replays', { into: 'elsewhere', speed: slow });
    await until(async () => (await share(api, 'apart', 'elsewhere')) > 0.2, 'a part of the replay');
    // The only one so far: it is the one that runs the replay.
    const second = await start('ingestor', env);
    await first.end('SIGKILL');
    await until(async () => (await stateOf(api, 'apart', 'elsewhere')).state === 'done', 'the replay is done');
    expect(await fingerprintOf(api, 'elsewhere')).toEqual(await fingerprintOf(api, 'apart'));
    const room = await api.get<{ data: { state: string; lag: number } }>('/api/v1/shops/elsewhere/rooms/pipeline');
    expect([room.data.state, room.data.lag]).toEqual(['running', 0]);
    await served.call('/api/v1/shops/apart/replays/elsewhere', 'DELETE');
    await until(
      async () => !(await second.get<ShopsAnswer>('/api/v1/shops')).shops.some(({ shop }) => shop === 'elsewhere'),
      'the ingestor knows',
    );
    for (const each of [second, served, store]) expect(await each.end(), each.said.slice(-500)).toBe(0);
  }, 600_000);
