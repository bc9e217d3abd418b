import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  domainTopicConfig,
  maxMessageBytes,
  openStreaming,
  startBroker,
  type Broker,
  type ConsumerState,
  type Streaming,
} from './index.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const jars = resolve('.cache/kafka-4.3.1');
const log4j = resolve('infra/kafka/log4j2.yaml');

let directory: string;
let broker: Broker;
let streaming: Streaming;
const start = (): Promise<Broker> => startBroker({ directory, jars, log4j, heapMb: 256, onExit: () => undefined });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-broker-'));
  broker = await start();
  streaming = openStreaming({ brokers: [broker.bootstrap], clientId: 'spec', logger: quiet, sessionTimeoutMs: 3_000 });
});
afterAll(async () => {
  await streaming.close();
  await broker.stop();
  await rm(directory, { recursive: true, force: true });
});

async function until(condition: () => boolean | Promise<boolean>, what: string, ms = 30_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within ${ms} ms: ${what}`);
    await sleep(50);
  }
}

async function produce(topic: string, from: number, to: number): Promise<void> {
  const producer = await streaming.producer();
  const messages = Array.from({ length: to - from }, (_, index) => ({ key: `k${(from + index) % 7}`, value: String(from + index) }));
  await producer.send(topic, messages);
}

/** A reader that remembers what it was given per partition, as a ledger would. */
function reader(topic: string, groupId: string, next = new Map<number, bigint>()) {
  const seen = new Map<number, bigint[]>();
  const states: ConsumerState[] = [];
  const spec = {
    groupId,
    topics: [topic],
    startAt: (_: string, partition: number) => Promise.resolve(next.get(partition) ?? 0n),
    onBatch: (batch: { partition: number; messages: readonly { offset: bigint }[] }) => {
      const offsets = batch.messages.map((message) => message.offset);
      seen.set(batch.partition, [...(seen.get(batch.partition) ?? []), ...offsets]);
      const last = offsets[offsets.length - 1];
      if (last !== undefined) next.set(batch.partition, last + 1n);
      return Promise.resolve();
    },
    onState: (state: ConsumerState) => void states.push(state),
  };
  const count = (): number => [...seen.values()].reduce((sum, offsets) => sum + offsets.length, 0);
  return { spec, seen, states, count, next };
}

/** Ascending by one from the first on: nothing twice, nothing left out. */
function expectUnbroken(seen: Map<number, bigint[]>): void {
  for (const offsets of seen.values()) {
    expect(offsets).toEqual(offsets.map((_, index) => (offsets[0] ?? 0n) + BigInt(index)));
  }
}

const spec = (topic: string, partitions = 2) => ({ topic, partitions, config: domainTopicConfig });

describe('topics', () => {
  it('are created once and refused with another partition count', async () => {
    await streaming.ensureTopics([spec('a.t.v1')]);
    await streaming.ensureTopics([spec('a.t.v1')]);
    await expect(streaming.ensureTopics([spec('a.t.v1', 3)])).rejects.toMatchObject({ code: 'topic-differs' });
  });

  it('refuse a message above the limit and name it', async () => {
    await streaming.ensureTopics([spec('big.t.v1')]);
    const producer = await streaming.producer();
    await expect(producer.send('big.t.v1', [{ key: 'order-7', value: 'x'.repeat(maxMessageBytes + 1) }])).rejects.toMatchObject({
      code: 'message-too-large',
      message: expect.stringContaining('order-7') as string,
    });
  });
});

describe('a consumer', () => {
  it('starts where its owner says, not where the group was', async () => {
    await streaming.ensureTopics([spec('b.t.v1')]);
    await produce('b.t.v1', 0, 200);
    const first = reader('b.t.v1', 'g1');
    const running = await streaming.consume(first.spec);
    await until(() => first.count() === 200, 'all 200 read');
    await running.stop();
    expectUnbroken(first.seen);

    // The owner lost its last ten of partition 0: they come again although the group has committed them.
    const again = reader(
      'b.t.v1',
      'g1',
      new Map([...first.next].map(([partition, offset]) => [partition, partition === 0 ? offset - 10n : offset])),
    );
    const rerun = await streaming.consume(again.spec);
    await until(() => again.count() === 10, 'the ten again');
    await rerun.stop();
    expect(again.seen.get(0)?.length).toBe(10);
    expectUnbroken(again.seen);
  });

  it('gets the same batch again when it could not be taken', async () => {
    await streaming.ensureTopics([spec('c.t.v1', 1)]);
    await produce('c.t.v1', 0, 20);
    const target = reader('c.t.v1', 'g2');
    let failures = 2;
    const running = await streaming.consume({
      ...target.spec,
      onBatch: (batch) => (failures-- > 0 ? Promise.reject(new Error('store away')) : target.spec.onBatch(batch)),
    });
    await until(() => target.count() === 20, 'all 20 after two failures');
    await running.stop();
    expect(target.states).toContain('retrying');
    expectUnbroken(target.seen);
  });

  it('shares partitions with a second one, and nothing is lost or out of order', async () => {
    await streaming.ensureTopics([spec('d.t.v1', 4)]);
    const shared = new Map<number, bigint>();
    const one = reader('d.t.v1', 'g3', shared);
    const two = reader('d.t.v1', 'g3', shared);
    const first = await streaming.consume(one.spec);
    await produce('d.t.v1', 0, 500);
    await until(() => one.count() === 500, 'the first half');
    const second = await streaming.consume(two.spec);
    await sleep(2_000);
    await produce('d.t.v1', 500, 1_000);
    await until(() => one.count() + two.count() === 1_000, 'the second half');
    await Promise.all([first.stop(), second.stop()]);
    expect(two.count()).toBeGreaterThan(0);
    for (const each of [one, two])
      for (const offsets of each.seen.values()) expect([...offsets].sort((a, b) => Number(a - b))).toEqual(offsets);
  });

  it('goes on by itself after the broker was killed and came back', async () => {
    await streaming.ensureTopics([spec('e.t.v1')]);
    const target = reader('e.t.v1', 'g4');
    const running = await streaming.consume(target.spec);
    await produce('e.t.v1', 0, 50);
    await until(() => target.count() === 50, 'before the kill');
    process.kill(-broker.pid, 'SIGKILL');
    await until(() => target.states.includes('broker-away'), 'the loss is reported');
    broker = await start();
    await until(
      async () =>
        produce('e.t.v1', 50, 100).then(
          () => true,
          () => false,
        ),
      'producing again',
    );
    await until(() => target.count() >= 100, 'after the return');
    await running.stop();
    expectUnbroken(target.seen);
  });
});

it('the broker does not outlive a parent that was killed', async () => {
  const own = await mkdtemp(join(tmpdir(), 'tideline-orphan-'));
  const script = join(own, 'parent.mjs');
  await writeFile(
    script,
    `import { spawn } from 'node:child_process';
const child = spawn('/bin/sh', ['-c', 'sleep 300 & child=$!; { read -r _ <&3; kill $child; } & wait $child'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: true });
console.log(child.pid); setInterval(() => 0, 1000);`,
  );
  const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const pid = Number(await new Promise((done) => parent.stdout.once('data', (data: Buffer) => done(data.toString()))));
  const alive = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  expect(alive()).toBe(true);
  parent.kill('SIGKILL');
  await until(() => !alive(), 'the child is gone');
  await rm(own, { recursive: true, force: true });
});
