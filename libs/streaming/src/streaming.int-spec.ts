import kafkajs from 'kafkajs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  domainTopicConfig,
  maxMessageBytes,
  openStreaming,
  startBroker,
  type Broker,
  type ConsumerState,
  type RunningConsumer,
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

const consumers: RunningConsumer[] = [];
afterEach(async () => {
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
});

async function consume(spec: Parameters<Streaming['consume']>[0]): Promise<RunningConsumer> {
  const consumer = await streaming.consume(spec);
  consumers.push(consumer);
  return consumer;
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
  it('that is alone waits for no member that died, and takes no partition from another one', async () => {
    await streaming.ensureTopics([spec('alone.t.v1')]);
    await produce('alone.t.v1', 0, 100);
    const one = reader('alone.t.v1', 'alone');
    const other = reader('alone.t.v1', 'alone');
    await consume({ ...one.spec, alone: true });
    await until(() => one.count() === 100, 'all 100 read by the first');
    // As one that starts again after a kill: the former member is still there, and stays.
    await consume({ ...other.spec, alone: true });
    await until(() => other.count() === 100, 'all 100 read by the second', 2_500);
    await produce('alone.t.v1', 100, 150);
    await until(() => one.count() === 150 && other.count() === 150, 'both go on');
    for (const { seen } of [one, other]) expectUnbroken(seen);
  });

  it('starts where its owner says, not where the group was', async () => {
    await streaming.ensureTopics([spec('b.t.v1')]);
    await produce('b.t.v1', 0, 200);
    const first = reader('b.t.v1', 'g1');
    const running = await consume(first.spec);
    await until(() => first.count() === 200, 'all 200 read');
    await running.stop();
    expectUnbroken(first.seen);

    // The owner lost its last ten of partition 0: they come again although the group has committed them.
    const again = reader(
      'b.t.v1',
      'g1',
      new Map([...first.next].map(([partition, offset]) => [partition, partition === 0 ? offset - 10n : offset])),
    );
    const rerun = await consume(again.spec);
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
    const running = await consume({
      ...target.spec,
      onBatch: (batch) => (failures-- > 0 ? Promise.reject(new Error('store away')) : target.spec.onBatch(batch)),
    });
    await until(() => target.count() === 20, 'all 20 after two failures');
    await running.stop();
    expect(target.states).toContain('retrying');
    expectUnbroken(target.seen);
  });

  it('goes on with the other partitions while one is not taken', async () => {
    await streaming.ensureTopics([spec('f.t.v1')]);
    await produce('f.t.v1', 0, 50);
    const target = reader('f.t.v1', 'g5');
    let refused = 0;
    let storeIsBack = false;
    await consume({
      ...target.spec,
      onBatch: (batch) =>
        batch.partition === 0 && !storeIsBack ? Promise.reject(new Error(`no ${refused++}`)) : target.spec.onBatch(batch),
    });
    const [one, two] = await streaming
      .bounds(['f.t.v1'])
      .then((all) => all.sort((a, b) => a.partition - b.partition).map(({ end }) => Number(end)));
    await until(() => target.count() === two && refused > 2, 'partition 1 while partition 0 is refused');
    await produce('f.t.v1', 50, 100);
    const later = (await streaming.bounds(['f.t.v1'])).find(({ partition }) => partition === 1)?.end;
    await until(() => target.count() === Number(later), 'what came later on partition 1');
    expect(target.seen.has(0)).toBe(false);
    expect(target.states.at(-1)).toBe('retrying');
    storeIsBack = true;
    await until(() => target.count() === 100, 'partition 0 too');
    await until(() => target.states.at(-1) === 'running', 'the trouble is over');
    expect(one).toBeGreaterThan(0);
    expectUnbroken(target.seen);
  });

  it('goes on with the other partitions while the owner of one cannot say where', async () => {
    await streaming.ensureTopics([spec('h.t.v1')]);
    await produce('h.t.v1', 0, 50);
    const target = reader('h.t.v1', 'g6');
    let accepted = false;
    const errors: unknown[] = [];
    await consume({
      ...target.spec,
      startAt: (topic, partition) =>
        partition === 0 && !accepted ? Promise.reject(new Error('halted')) : target.spec.startAt(topic, partition),
      onState: (state, error) => {
        target.states.push(state);
        if (error !== undefined) errors.push(error);
      },
    });
    await until(() => target.count() > 0 && errors.length > 1, 'partition 1, and the error said');
    expect(target.seen.has(0)).toBe(false);
    expect(errors[0]).toMatchObject({ message: 'halted' });
    accepted = true;
    await until(() => target.count() === 50, 'partition 0 too');
    expectUnbroken(target.seen);
  });

  it('asks its owner again when the topic was made anew under it', async () => {
    await streaming.ensureTopics([spec('i.t.v1', 1)]);
    await produce('i.t.v1', 0, 30);
    const target = reader('i.t.v1', 'g7');
    const asked: bigint[] = [];
    await consume({
      ...target.spec,
      startAt: (_, partition, bounds) => {
        asked.push(bounds.end);
        const next = target.next.get(partition) ?? 0n;
        return Promise.resolve(next > bounds.end ? 0n : next);
      },
    });
    await until(() => target.count() === 30, 'the first life');
    const admin = new kafkajs.Kafka({ brokers: [broker.bootstrap], logLevel: 0 }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: ['i.t.v1'] });
    await admin.disconnect();
    await until(
      () =>
        streaming.ensureTopics([spec('i.t.v1', 1)]).then(
          () => true,
          () => false,
        ),
      'made anew',
    );
    await until(
      () =>
        produce('i.t.v1', 0, 5).then(
          () => true,
          () => false,
        ),
      'produced anew',
    );
    await until(() => target.count() === 35, 'the second life');
    expect(target.seen.get(0)?.slice(30)).toEqual([0n, 1n, 2n, 3n, 4n]);
    expect(asked.length).toBeGreaterThan(1);
  });

  it('passes over transaction markers and aborted messages, and does not take them for lag', async () => {
    const warnings: string[] = [];
    const own = openStreaming({
      brokers: [broker.bootstrap],
      clientId: 'spec',
      logger: { ...quiet, warn: (_, message) => void warnings.push(message) },
      stallMs: 1_000,
    });
    try {
      await own.ensureTopics([spec('j.t.v1', 1)]);
      const raw = new kafkajs.Kafka({ brokers: [broker.bootstrap], logLevel: 0 }).producer({
        transactionalId: 'spec',
        idempotent: true,
        maxInFlightRequests: 1,
      });
      await raw.connect();
      const transact = async (values: string[], end: 'commit' | 'abort'): Promise<void> => {
        const transaction = await raw.transaction();
        await transaction.send({ topic: 'j.t.v1', messages: values.map((value) => ({ key: 'k', value })) });
        await transaction[end]();
      };
      await transact(['aborted', 'aborted'], 'abort'); // offsets 0, 1, marker 2
      await transact(['a', 'b'], 'commit'); // 3, 4, marker 5
      const target = reader('j.t.v1', 'g8');
      const values: string[] = [];
      const running = await own.consume({
        ...target.spec,
        onBatch: (batch) => {
          values.push(...batch.messages.map(({ value }) => String(value)));
          return target.spec.onBatch(batch);
        },
      });
      await until(() => values.length === 2, 'the committed ones');
      await transact(['aborted'], 'abort'); // 6, marker 7
      await transact(['c'], 'commit'); // 8, marker 9
      await transact(['aborted'], 'abort'); // 10, marker 11: the end of the topic is nothing to hand out
      await raw.disconnect();
      await until(() => values.length === 3, 'the one after');
      await sleep(4_000);
      await running.stop();
      expect(values).toEqual(['a', 'b', 'c']);
      expect(target.seen.get(0)).toEqual([3n, 4n, 8n]);
      expect(warnings.filter((warning) => warning.includes('rebuilt'))).toEqual([]);
    } finally {
      await own.close();
    }
  });

  it('says which compression it cannot read, and goes on trying', async () => {
    await streaming.ensureTopics([{ topic: 'k.t.v1', partitions: 1, config: { ...domainTopicConfig, 'compression.type': 'snappy' } }]);
    await produce('k.t.v1', 0, 5);
    const target = reader('k.t.v1', 'g9');
    const errors: unknown[] = [];
    const running = await consume({ ...target.spec, onState: (_, error) => void (error === undefined || errors.push(error)) });
    await until(() => errors.length > 1, 'the error, more than once');
    expect(errors[0]).toMatchObject({
      code: 'compression-unsupported',
      retryable: false,
      message: expect.stringContaining('k.t.v1') as string,
    });
    expect(running.state).toBe('retrying');
    expect(target.count()).toBe(0);
  });

  it('shares partitions with a second one, and nothing is lost or out of order', async () => {
    await streaming.ensureTopics([spec('d.t.v1', 4)]);
    const shared = new Map<number, bigint>();
    const one = reader('d.t.v1', 'g3', shared);
    const two = reader('d.t.v1', 'g3', shared);
    const first = await consume(one.spec);
    await produce('d.t.v1', 0, 500);
    await until(() => one.count() === 500, 'the first half');
    const second = await consume(two.spec);
    await sleep(2_000);
    await produce('d.t.v1', 500, 1_000);
    await until(() => one.count() + two.count() === 1_000, 'the second half');
    await Promise.all([first.stop(), second.stop()]);
    expect(two.count()).toBeGreaterThan(0);
    for (const partition of [0, 1, 2, 3]) {
      const [first, second] = [one, two].map((each) => each.seen.get(partition) ?? []);
      for (const offsets of [first, second]) expect(offsets).toEqual([...(offsets ?? [])].sort((a, b) => Number(a - b)));
      const all = [...(first ?? []), ...(second ?? [])].sort((a, b) => Number(a - b));
      expect(all).toEqual(all.map((_, index) => BigInt(index)));
    }
  });

  it('goes on by itself after the broker was killed and came back', async () => {
    await streaming.ensureTopics([spec('e.t.v1')]);
    const target = reader('e.t.v1', 'g4');
    const running = await consume(target.spec);
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

describe('a producer', () => {
  const read = async (topic: string): Promise<Map<number, string[]>> => {
    const ends = await streaming.bounds([topic]);
    const total = ends.reduce((sum, { end }) => sum + Number(end), 0);
    const values = new Map<number, string[]>();
    const target = reader(topic, `read.${topic}`);
    const running = await consume({
      ...target.spec,
      onBatch: (batch) => {
        values.set(batch.partition, [...(values.get(batch.partition) ?? []), ...batch.messages.map(({ value }) => String(value))]);
        return target.spec.onBatch(batch);
      },
    });
    await until(() => target.count() === total, `all of ${topic}`);
    await running.stop();
    return values;
  };

  it('sends more than one message may hold, keeps the order of a key, and says where the last ones are', async () => {
    await streaming.ensureTopics([spec('p.t.v1')]);
    const producer = await streaming.producer();
    const filler = 'x'.repeat(1_000);
    const message = (index: number) => ({ key: `k${index % 5}`, value: `${index} ${filler}` });
    const all = Array.from({ length: 9_000 }, (_, index) => message(index));
    const ranges = (await Promise.all([0, 1, 2].map((third) => producer.send('p.t.v1', all.slice(third * 3_000, (third + 1) * 3_000))))).at(
      -1,
    );
    const ends = await streaming.bounds(['p.t.v1']);
    expect(ranges?.length).toBe(2);
    for (const { partition, lastOffset } of ranges ?? [])
      expect(ends.find((end) => end.partition === partition)?.end).toBe(lastOffset + 1n);
    for (const values of (await read('p.t.v1')).values()) {
      const numbers = values.map((value) => Number(value.split(' ')[0]));
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }
    expect(ends.reduce((sum, { end }) => sum + end, 0n)).toBe(9_000n);
    await producer.close();
    await expect(producer.send('p.t.v1', [message(0)])).rejects.toMatchObject({ code: 'producer-closed' });
  });

  it('passes the neighbours of a message that is too large up to it, and works on after it', async () => {
    await streaming.ensureTopics([spec('q.t.v1', 1)]);
    const producer = await streaming.producer();
    const send = producer.send('q.t.v1', [
      { key: 'a', value: 'before' },
      { key: 'order-9', value: 'x'.repeat(10 * 1024 * 1024) },
    ]);
    await expect(send).rejects.toMatchObject({ code: 'message-too-large', message: expect.stringContaining('order-9') as string });
    await producer.send('q.t.v1', [{ key: null, value: 'after' }]);
    expect([...(await read('q.t.v1')).values()].flat()).toEqual(['before', 'after']);
  });

  it('loses nothing after a request whose end it did not learn', async () => {
    const own = openStreaming({ brokers: [broker.bootstrap], clientId: 'spec', logger: quiet, requestTimeoutMs: 400 });
    try {
      await own.ensureTopics([spec('r.t.v1', 1)]);
      const producer = await own.producer();
      const three = (name: string) => [1, 2, 3].map((index) => ({ key: 'k', value: `${name}${index}` }));
      await producer.send('r.t.v1', three('a'));
      // The broker stands still: it has the request in its socket and carries it out when the client has given up.
      process.kill(-broker.pid, 'SIGSTOP');
      // On a busy machine its threads run on for a moment.
      await sleep(200);
      try {
        await expect(producer.send('r.t.v1', three('b'))).rejects.toMatchObject({ code: 'broker-unreachable' });
      } finally {
        process.kill(-broker.pid, 'SIGCONT');
      }
      await until(
        () =>
          producer.send('r.t.v1', three('c')).then(
            () => true,
            () => false,
          ),
        'sending again',
      );
      const values = [...(await read('r.t.v1')).values()].flat();
      expect(values).toEqual(expect.arrayContaining(['a1', 'a2', 'a3', 'c1', 'c2', 'c3']));
    } finally {
      await own.close();
    }
  });
});
