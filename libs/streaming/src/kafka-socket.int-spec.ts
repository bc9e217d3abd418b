import { FaultProxy, openTestBroker, silent, type TestBroker } from '#testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStreaming, type ConsumerState, type Streaming } from './index.js';

// What kafkajs does not survive by itself: an answer that is cut short, a connection through which nothing comes any more.

let proxy: FaultProxy;
let broker: TestBroker;
let streaming: Streaming;
const topic = 'sockets';
const seen = new Set<bigint>();
const states: ConsumerState[] = [];

beforeAll(async () => {
  proxy = await FaultProxy.open(7);
  broker = await openTestBroker(proxy.address);
  proxy.leadTo(broker.bootstrap);
  const options = { brokers: [proxy.address], clientId: 'sockets', logger: silent };
  streaming = openStreaming({ ...options, sessionTimeoutMs: 3_000, silentMs: 2_000 });
  await streaming.ensureTopics([{ topic, partitions: 1, config: {} }]);
  await streaming.consume({
    groupId: 'sockets',
    topics: [topic],
    startAt: (_topic, _partition, { start }) => Promise.resolve(BigInt(seen.size) > start ? BigInt(seen.size) : start),
    onBatch: ({ messages }) => {
      for (const { offset } of messages) seen.add(offset);
      return Promise.resolve();
    },
    onState: (state) => states.push(state),
  });
});
afterAll(async () => {
  await streaming.close();
  await broker.stop();
  await proxy.close();
});

async function send(count: number): Promise<void> {
  const producer = await streaming.producer();
  await producer.send(
    topic,
    Array.from({ length: count }, (_, index) => ({ key: null, value: `${index} ${'x'.repeat(1_000)}` })),
  );
  await producer.close();
}

async function until(condition: () => boolean | Promise<boolean>, what: string, ms: number): Promise<void> {
  for (const deadline = performance.now() + ms; !(await condition()); await sleep(50)) {
    if (performance.now() > deadline) throw new Error(`Not within ${ms} ms: ${what}`);
  }
}

it('goes on after answers that were cut short', async () => {
  await send(100);
  await until(() => seen.size === 100, 'all are read', 10_000);
  await proxy.begin({ kind: 'reset', leastBytes: 1, mostBytes: 600 });
  for (const end = performance.now() + 4_000; performance.now() < end; await sleep(50)) {
    await streaming.bounds([topic]).catch(() => undefined);
  }
  expect(proxy.counts.cut).toBeGreaterThan(20);
  await proxy.end();
  await until(async () => (await streaming.bounds([topic]).catch(() => [])).length === 1, 'the broker is asked again', 10_000);
  await send(100);
  await until(() => seen.size === 200, 'reading goes on', 15_000);
});

it('says within seconds that nothing comes through, and goes on by connections of its own making', async () => {
  // What the resets brought about is over: only a change is told.
  await until(() => states.at(-1) === 'running', 'it runs again', 30_000);
  states.length = 0;
  await proxy.begin({ kind: 'half-open' });
  await until(() => states.includes('broker-away'), 'it is said', 8_000);
  // Beyond the session: the group gives the partition away.
  await sleep(3_000);
  await proxy.end();
  await send(100);
  await until(() => seen.size === 300, 'reading goes on', 20_000);
  await until(() => states.at(-1) === 'running', 'it runs', 5_000);
});
