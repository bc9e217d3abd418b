import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { domainTopicConfig, openStreaming, superviseBroker, type SupervisedBroker } from '../index.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
let directory: string;
let broker: SupervisedBroker;
const said: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-supervised-'));
  const options = { directory, jars: resolve('.cache/kafka-4.3.1'), log4j: resolve('infra/kafka/log4j2.yaml'), heapMb: 256 };
  broker = await superviseBroker(options, (message) => said.push(message));
});
afterAll(async () => {
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

it('comes back at its address after it was killed, with what it held, and says so', async () => {
  const streaming = openStreaming({ brokers: [broker.bootstrap], clientId: 'spec', logger: quiet });
  const topic = { topic: 'a.t.v1', partitions: 1, config: domainTopicConfig };
  await streaming.ensureTopics([topic]);
  const producer = await streaming.producer();
  await producer.send(topic.topic, [{ key: 'k', value: 'before' }]);

  const before = broker.bootstrap;
  process.kill(-broker.pid, 'SIGKILL');
  const deadline = performance.now() + 40_000;
  while (!said.some((message) => message.includes('is back at'))) {
    if (performance.now() > deadline) throw new Error(`It did not come back: ${said.join(' / ')}`);
    await sleep(100);
  }
  expect(broker.bootstrap).toBe(before);
  const afterwards = openStreaming({ brokers: [broker.bootstrap], clientId: 'spec', logger: quiet });
  const [bounds] = await afterwards.bounds([topic.topic]);
  expect(bounds?.end).toBe(1n);
  await afterwards.close();
  await streaming.close();
});
