import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { domainTopicConfig, openStreaming, superviseBroker, type SupervisedBroker } from '../index.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
let directory: string;
let failures: string;
let broker: SupervisedBroker;
const said: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-supervised-'));
  failures = join(directory, 'failures');
  // A java that cannot start as often as its file says.
  const java = join(directory, 'java');
  const failing = `#!/bin/sh\nleft=$(cat ${failures} 2>/dev/null || echo 0)\n[ "$left" -gt 0 ] && echo $((left - 1)) > ${failures} && exit 1\nexec java "$@"\n`;
  await writeFile(java, failing, { mode: 0o755 });
  const options = { directory, jars: resolve('.cache/kafka-4.3.1'), log4j: resolve('infra/kafka/log4j2.yaml'), heapMb: 256, java };
  broker = await superviseBroker(options, (message) => said.push(message));
});
afterAll(async () => {
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Until it says that it is back. */
async function back(): Promise<void> {
  const deadline = performance.now() + 40_000;
  while (!said.some((message) => message.includes('is back at'))) {
    if (performance.now() > deadline) throw new Error(`It did not come back: ${said.join(' / ')}`);
    await sleep(100);
  }
}

it('comes back at its address after it was killed, with what it held, and says so', async () => {
  const streaming = openStreaming({ brokers: [broker.bootstrap], clientId: 'spec', logger: quiet });
  const topic = { topic: 'a.t.v1', partitions: 1, config: domainTopicConfig };
  await streaming.ensureTopics([topic]);
  const producer = await streaming.producer();
  await producer.send(topic.topic, [{ key: 'k', value: 'before' }]);

  const before = broker.bootstrap;
  process.kill(-broker.pid, 'SIGKILL');
  await back();
  expect(broker.bootstrap).toBe(before);
  const afterwards = openStreaming({ brokers: [broker.bootstrap], clientId: 'spec', logger: quiet });
  const [bounds] = await afterwards.bounds([topic.topic]);
  expect(bounds?.end).toBe(1n);
  await afterwards.close();
  await streaming.close();
});

it('is started again by one after the other, however often that fails, and by nobody once it is back', async () => {
  said.length = 0;
  await writeFile(failures, '3');
  process.kill(-broker.pid, 'SIGKILL');
  await back();
  // Longer than who would be at it still waits for his next try.
  await sleep(6_000);
  const kinds = said.map((message) =>
    message.includes('It is started again.') ? 'ended' : message.includes('is back at') ? 'back' : 'failed',
  );
  expect(kinds).toEqual(['ended', 'failed', 'failed', 'failed', 'back']);
});
