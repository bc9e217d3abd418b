import { ident, sql } from '#clickhouse';
import { topicOf, topics, type CustomerScore } from '#contracts';
import { Metrics } from '#observability';
import { domainTopicConfig, type EventProducer, type OutgoingMessage } from '#streaming';
import { openTestStack, sampled, silent, type TestStack } from '#testing';
import { AlertCustomerReads, AlertLogRepository, AlertRuleRepository, ShopRepository, type AlertLogRow, type Shop } from '#warehouse';
import kafkajs from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AlertsMetrics } from '../alerts.metrics.js';
import { ShopOwner, type OwnerParts } from './shop-owner.js';

// The owner on a real broker and a real engine, which dies where one wants it to: nothing that it would do from then on happens.

let stack: TestStack;
let clock: number | null = null;
let scoredUntil = Infinity;
beforeAll(async () => {
  stack = await openTestStack();
  await new ShopRepository(stack.clickhouse).prepareSystem();
});
afterAll(() => stack.stop());

const iso = (at: number): string => new Date(at).toISOString();
const start = Date.parse('2026-03-02T12:00:00Z');
const hour = 3_600_000;

async function aShop(name: string): Promise<Shop> {
  const shops = new ShopRepository(stack.clickhouse);
  const shop = await shops.register({ shop: name, timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' });
  await shops.prepare(shop);
  await stack.streaming.ensureTopics([
    { topic: topicOf(name, 'alerts.v1'), partitions: topics['alerts.v1'].partitions, config: domainTopicConfig },
  ]);
  const rule = { name: 'r', band: 'high', holdout: 0, capPerDay: null, cooldownDays: 0, revision: 1 };
  await new AlertRuleRepository(stack.clickhouse).add(shop, {
    rule: 'churn-high',
    revision: 1,
    from: 0,
    by: 'spec',
    body: JSON.stringify(rule),
  });
  return shop;
}

/** What an owner does, in its order, where it can be cut off. */
type Point = 'before-insert' | 'insert-unanswered' | 'insert-failed' | 'before-telling' | 'telling-unanswered';

interface Cut {
  readonly at: Point;
  /** The how manieth time. */
  readonly time: number;
}

/** What an owner stands on, and how it dies: from then on nothing that it does arrives anywhere, and nobody answers it. */
function parts(cut?: Cut): { readonly parts: OwnerParts; readonly dead: Promise<void>; readonly bury: () => void } {
  const { clickhouse, streaming } = stack;
  const log = new AlertLogRepository(clickhouse);
  let [passed, isDead] = [0, false];
  let [die, bury] = [(): void => undefined, (_error: Error): void => undefined];
  const dead = new Promise<void>((done) => (die = done));
  const silence = new Promise<never>((_done, failed) => (bury = failed));
  silence.catch(() => undefined);
  /** Whether it dies here. */
  const here = (at: Point): boolean => {
    if (cut?.at !== at || (passed += 1) < cut.time) return false;
    isDead = true;
    die();
    return true;
  };
  const append = async (shop: Shop, rows: readonly AlertLogRow[], now: Date): Promise<void> => {
    if (isDead || here('before-insert')) return silence;
    await log.append(shop, rows, now);
    if (here('insert-unanswered')) return silence;
    // It is written, and the answer gets lost: this one lives on.
    if (cut?.at === 'insert-failed' && (passed += 1) === cut.time) throw new Error('the answer of the store was lost');
  };
  const producer = async (): Promise<EventProducer> => {
    const real = await streaming.producer();
    const send = async (topic: string, messages: readonly OutgoingMessage[]) => {
      if (isDead || here('before-telling')) return silence;
      const sent = await real.send(topic, messages);
      return here('telling-unanswered') ? silence : sent;
    };
    return { send, close: () => real.close() };
  };
  return {
    dead,
    bury: () => bury(new Error('buried')),
    parts: {
      streaming: { consume: (spec) => streaming.consume(spec), producer },
      log: {
        append,
        load: (...asked) => (isDead ? silence : log.load(...asked)),
        alerts: (...asked) => log.alerts(...asked),
        stepsSince: (...asked) => log.stepsSince(...asked),
      },
      rules: new AlertRuleRepository(clickhouse),
      customers: new AlertCustomerReads(clickhouse),
      metrics: new AlertsMetrics(new Metrics()),
      shared: false,
      clock: () => Promise.resolve(clock),
      scoredUntil: () => Promise.resolve(scoredUntil),
      moved: () => undefined,
      logger: silent,
    },
  };
}

function scored(customerId: string, at: number, band: CustomerScore['band'], muted = false): OutgoingMessage {
  const data: CustomerScore = {
    ...{ customerId, kind: 'churn', model: 'churn-spec-00000000', decidedAt: iso(at), cause: 'event', probability: 0.5, band },
    ...{ previousBand: null, orders: 3, netValueAtStake: '10.00', reasons: [], muted },
  };
  const event = { specversion: '1.0', id: `${customerId}/${at}/${band}`, source: '/spec', type: 'tideline.customer.scored.v1' };
  return { key: customerId, value: JSON.stringify({ ...event, subject: customerId, time: iso(at), recordedtime: iso(at), data }) };
}

/** A life for each of some customers: in, out, in again, some of them while history loads. */
function lives(customers: number): OutgoingMessage[] {
  const bands = ['high', 'medium', 'high', 'low', 'medium', 'high'] as const;
  return bands.flatMap((band, turn) =>
    Array.from({ length: customers }, (_, index) =>
      scored(`c${index}`, start + turn * hour + index * 1_000, band, turn === 0 && index % 5 === 0),
    ),
  );
}

async function send(shop: Shop, messages: readonly OutgoingMessage[]): Promise<void> {
  const producer = await stack.streaming.producer();
  await producer.send(topicOf(shop.shop, 'alerts.v1'), messages);
  await producer.close();
}

/** Everything that was told of alerts, by its id. */
async function told(shop: Shop): Promise<Map<string, string[]>> {
  const topic = topicOf(shop.shop, 'alerts.v1');
  const found = new Map<string, string[]>();
  const bounds = await stack.streaming.bounds([topic]);
  const left = new Map(bounds.filter(({ end }) => end > 0n).map(({ partition, end }) => [partition, end]));
  const consumer = await stack.streaming.consume({
    ...{ groupId: 'spec.told', alone: true, topics: [topic], onState: () => undefined },
    startAt: (_topic, _partition, { start: first }) => Promise.resolve(first),
    onBatch: ({ partition, messages }) => {
      for (const { value, offset } of messages) {
        const { type, id } = JSON.parse(value?.toString() ?? '{}') as { type: string; id: string };
        if (type === 'tideline.alert.moved.v1') found.set(id, [...(found.get(id) ?? []), value?.toString() ?? '']);
        if (offset + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
      }
      return Promise.resolve();
    },
  });
  while (left.size > 0) await sleep(20);
  await consumer.stop();
  return found;
}

interface Row {
  readonly kind: string;
  readonly place: string;
  readonly alert_id: string;
  readonly what: string;
  readonly at: string;
}

/** Everything that was decided, in the order in which two runs are compared: by instant and customer. */
function rowsOf(shop: Shop): Promise<Row[]> {
  return stack.clickhouse.query<Row>(
    sql`SELECT at, customer_id, kind, what, state, net_value, event_id, detail, body, alert_id,
    concat(toString(partition), '.', toString(epoch), '.', toString(offset), '.', toString(step)) AS place
FROM ${ident(shop.database, 'alert_log')} FINAL WHERE kind != 'place' ORDER BY at, customer_id, partition, offset, step`,
  );
}

/** Ids of alerts hang on the shop's name, and places on what else is on the topic. */
function comparable(rows: readonly Row[]): string[] {
  return rows.map(({ place: _place, alert_id: _id, ...row }) => JSON.stringify(row).replaceAll(/[0-9a-f]{32}/g, 'id'));
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`Not within thirty seconds: ${what}`);
    await sleep(20);
  }
}

async function deleteTopic(topic: string): Promise<void> {
  const admin = new kafkajs.Kafka({ clientId: 'spec', brokers: [...stack.streaming.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await until('the topic is gone', async () => !(await admin.listTopics()).includes(topic));
  await admin.disconnect();
}

const points: readonly Point[] = ['before-insert', 'insert-unanswered', 'insert-failed', 'before-telling', 'telling-unanswered'];

it('decides and tells the same, wherever it is killed', async () => {
  const messages = lives(40);
  // Of 40 customers 8 are muted at first: those have four decisions, the others five.
  const decisions = 32 * 5 + 8 * 4;
  let expected: string[] | undefined;
  const cuts: (Cut | undefined)[] = [
    undefined,
    ...sampled(
      points.flatMap((at) => [1, 2, 4].map((time) => ({ at, time }))),
      2,
    ),
  ];
  for (const [index, cut] of cuts.entries()) {
    const shop = await aShop(`killed-${index}`);
    const isDecided = async (): Promise<boolean> =>
      (await rowsOf(shop)).filter(({ kind }) => kind === 'alert' || kind === 'suppressed').length >= decisions;
    const doomed = parts(cut);
    const first = new ShopOwner(shop, doomed.parts);
    await first.start();
    // Other batch borders each time: the messages come in lots while the owner runs.
    for (const lot of cut ? [messages.slice(0, 50), messages.slice(50, 130), messages.slice(130)] : [messages]) {
      await send(shop, lot);
      await Promise.race([doomed.dead, sleep(150)]);
    }
    if (cut && cut.at !== 'insert-failed') {
      await Promise.race([doomed.dead, sleep(20_000).then(() => Promise.reject(new Error(`It never came to ${JSON.stringify(cut)}`)))]);
      const second = new ShopOwner(shop, parts().parts);
      await second.start();
      await until(`all is decided after ${JSON.stringify(cut)}`, isDecided);
      await second.stop();
      doomed.bury();
    } else await until(`all is decided with ${JSON.stringify(cut)}`, isDecided);
    await first.stop();

    const rows = await rowsOf(shop);
    expected ??= comparable(rows);
    expect(expected.length).toBe(decisions + 40 * 5);
    expect(comparable(rows), JSON.stringify(cut)).toEqual(expected);
    // Each step was told at least once, and whenever it was told, under the same id and in the same words.
    const steps = rows.filter(({ kind }) => kind === 'alert').map(({ alert_id, place }) => `${shop.shop}/alert/${alert_id}/${place}`);
    const said = await told(shop);
    expect([...said.keys()].sort(), JSON.stringify(cut)).toEqual(steps.sort());
    for (const words of said.values()) expect(new Set(words).size).toBe(1);
  }
}, 300_000);

it('says what has come due on the topic, once it has come due by the clock of the shop', async () => {
  const shop = await aShop('due');
  const owner = new ShopOwner(shop, parts().parts);
  // The clock may be where it will: a score that is still to come may lie before.
  clock = start + 60 * 24 * hour;
  scoredUntil = start + 29 * 24 * hour;
  await owner.start();
  await send(shop, [scored('c', start, 'high'), scored('d', start + 1, 'high')]);
  const states = async (): Promise<string[]> =>
    (await rowsOf(shop)).flatMap(({ kind, what, at }) => (kind === 'alert' ? [`${what} ${at}`] : []));
  await until('both are open', async () => (await states()).length === 2);
  await sleep(600);
  expect(await states()).toHaveLength(2);
  scoredUntil = start + 30 * 24 * hour;
  await until('the first is over', async () => (await states()).length === 3);
  await sleep(600);
  expect(await states()).toEqual(['opened 2026-03-02 12:00:00.000', 'opened 2026-03-02 12:00:00.001', 'expired 2026-04-01 12:00:00.000']);
  [clock, scoredUntil] = [scoredUntil + 1, Infinity];
  await until('the second is over', async () => (await states()).length === 4);
  await owner.stop();
  clock = null;
});

it('says nothing of alerts whose partition another process has got', async () => {
  const shop = await aShop('shared-out');
  const [first, second] = [1, 2].map(() => new ShopOwner(shop, { ...parts().parts, shared: true })) as [ShopOwner, ShopOwner];
  await first.start();
  const customers = Array.from({ length: 12 }, (_, number) => `c${number}`);
  await send(
    shop,
    customers.map((customer) => scored(customer, start, 'high')),
  );
  const count = async (wanted: string): Promise<number> =>
    (await rowsOf(shop)).filter(({ kind, what }) => kind === 'alert' && what === wanted).length;
  await until('all are open', async () => (await count('opened')) === customers.length);
  await second.start();
  await until('both have their share', () => Promise.resolve(first.state === 'running' && second.state === 'running'));
  [clock, scoredUntil] = [start + 60 * 24 * hour, Infinity];
  await until('all are over', async () => (await count('expired')) === customers.length);
  const messages = async (): Promise<bigint> =>
    (await stack.streaming.bounds([topicOf(shop.shop, 'alerts.v1')])).reduce((sum, { end }) => sum + end, 0n);
  await sleep(1_500);
  const before = await messages();
  // What is due is said again after five seconds.
  await sleep(6_500);
  expect(await messages()).toBe(before);
  await Promise.all([first.stop(), second.stop()]);
  clock = null;
});

it('folds a topic that was made anew from its start, and repeats nothing', async () => {
  const shop = await aShop('anew');
  const topic = topicOf(shop.shop, 'alerts.v1');
  const messages = [scored('c', start, 'high'), scored('c', start + hour, 'low')];
  const owner = new ShopOwner(shop, parts().parts);
  await owner.start();
  await send(shop, messages);
  await until('both are folded', async () => (await rowsOf(shop)).length === 4);
  await owner.stop();
  await deleteTopic(topic);
  await stack.streaming.ensureTopics([{ topic, partitions: topics['alerts.v1'].partitions, config: domainTopicConfig }]);
  // As many messages as before and more: only what is at the last offset tells that it is another topic.
  const again = [...messages, ...Array.from({ length: 12 }, () => scored('c', start, 'high')), scored('c', start + 2 * hour, 'high')];
  await send(shop, again);
  const second = new ShopOwner(shop, parts().parts);
  await second.start();
  await until('the new one is folded', async () => (await rowsOf(shop)).length === 6);
  await second.stop();
  expect((await rowsOf(shop)).filter(({ kind }) => kind === 'alert').map(({ what, place }) => `${what} ${place.split('.')[1]}`)).toEqual([
    'opened 1',
    'recovered 1',
    'opened 2',
  ]);
});
