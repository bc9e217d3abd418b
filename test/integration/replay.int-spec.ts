import { Alarms } from '#alarms';
import { ident, sql } from '#clickhouse';
import { topicOf, topics, type TopicName } from '#contracts';
import { IngestionMetrics, IngestionService } from '#ingestion';
import { Metrics } from '#observability';
import { FingerprintService, ReplayIntake, ReplayService } from '#replay';
import { systemClock } from '#clock';
import {
  arrivals,
  compareWarehouse,
  foldOracle,
  knownAt,
  knownFrom,
  knownInTurn,
  openTestStack,
  poison,
  seededShop,
  silent,
  type OracleMessage,
  type OracleShop,
  type TestMessage,
  type TestStack,
  until as untilTrue,
} from '#testing';
import {
  AlertRuleRepository,
  FingerprintReads,
  LedgerRepository,
  ModelRepository,
  ReplayReads,
  ReplayRepository,
  ScoreReads,
  ShopGate,
  ShopRepository,
  WatermarkRepository,
  type Shop,
} from '#warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// A shop through the real broker and the running pipeline, then its history again into sandboxes of the same pipeline.

let stack: TestStack;
let shops: ShopRepository;
let ingestion: IngestionService;
let replays: ReplayService;
let fingerprints: FingerprintService;
const alarms = new Alarms();

beforeAll(async () => {
  stack = await openTestStack();
  const { clickhouse, streaming } = stack;
  shops = new ShopRepository(clickhouse);
  await shops.prepareSystem();
  const watermarks = new WatermarkRepository(clickhouse);
  const gate = new ShopGate(watermarks);
  const ledger = new LedgerRepository(clickhouse);
  const reads = (): ReplayReads => new ReplayReads(clickhouse);
  const repository = new ReplayRepository(clickhouse);
  const scores = new ScoreReads(clickhouse);
  const rules = new AlertRuleRepository(clickhouse);
  const sandboxes = new ReplayIntake({ replays: repository, reads, ledger, rules, scores, clock: systemClock, log: silent });
  const parts = {
    clickhouse,
    streaming,
    shops,
    alarms,
    ledger,
    gate,
    sandboxes,
    metrics: new IngestionMetrics(new Metrics()),
    log: silent,
  };
  ingestion = new IngestionService(shops, parts, {
    ...{ refreshMs: 50, refreshRows: 300, auditMs: 1_000, lagMs: 60_000, onTruncation: 'halt', claimedBy: 'tests' },
  });
  await ingestion.start();
  replays = new ReplayService({ shops, watermarks, replays: repository, reads, scores, models: new ModelRepository(clickhouse) });
  fingerprints = new FingerprintService(new FingerprintReads(clickhouse), gate);
});
afterAll(async () => {
  await ingestion.stop();
  await stack.stop();
});

/** With the alarms, when it does not come true. */
async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  await untilTrue(condition, what, { ms: 100_000 }).catch((error: unknown) => {
    throw new Error(`${what}. Alarms: ${JSON.stringify(alarms.list())}`, { cause: error });
  });
}

const stepMs = 7 * 60_000;

/** Messages of a shop in which everything happens, each of them known a little after the one before; some are known at one instant. */
function history(seed: number, timeZone: string, currency: string): TestMessage[] {
  const scenario = seededShop(seed, { timeZone, currency });
  const known = knownInTurn(scenario.messages, scenario.shop, stepMs);
  const bad = poison(currency).map(({ message }) => message);
  return arrivals(seed, [...known, ...bad], { shuffle: true, duplicate: 0.1 });
}

async function liveShop(name: string, messages: readonly TestMessage[], shop: OracleShop): Promise<Shop> {
  const live = await shops.register({ shop: name, ...shop, fiscalYearStart: 1, clockMode: 'data' });
  await until(() => ingestion.pipeline(name)?.ready === true, `${name} is ready`);
  const producer = await stack.streaming.producer();
  for (const { topic, key, value } of messages) await producer.send(topicOf(name, topic), [{ key, value }]);
  await producer.close();
  const kept = (Object.keys(topics) as TopicName[]).filter((topic) => topic !== 'committed.v1' && topic !== 'alerts.v1');
  const bounds = await stack.streaming.bounds(kept.map((topic) => topicOf(name, topic)));
  const watermarks = new WatermarkRepository(stack.clickhouse);
  await until(async () => {
    const positions = (await watermarks.read(live))?.positions ?? [];
    return bounds.every(({ topic, partition, end }) => {
      const position = positions.find((each) => topicOf(name, each.topic) === topic && each.partition === partition);
      return end <= (position?.next ?? 0n);
    });
  }, `${name} has settled`);
  return live;
}

async function replayed(source: string, into: string, asked: { from?: string; to?: string; speed?: number | 'max' } = {}): Promise<Shop> {
  await replays.start(source, { into, speed: 'max', scores: false, ...asked }, 'tests');
  await until(async () => {
    const { state, detail } = await replays.show(source, into);
    if (state === 'broken') throw new Error(detail);
    return state === 'done';
  }, `the replay into ${into} is done`);
  const sandbox = await shops.find(into);
  if (!sandbox) throw new Error(`${into} is not registered.`);
  return sandbox;
}

/** A sandbox against the oracle over the messages that it is to hold: ticks are its own. */
async function differences(sandbox: Shop, messages: readonly TestMessage[], shop: OracleShop): Promise<unknown[]> {
  const verdicts = foldOracle(messages, shop).verdicts;
  const ticks = await stack.clickhouse.query<{ payload: string }>(
    sql`SELECT payload FROM ${ident(sandbox.database, 'ledger_clock')} WHERE verdict = 'accepted'`,
  );
  const held: OracleMessage[] = [
    ...messages.filter(({ topic }, index) => topic !== 'clock.v1' || !verdicts[index]?.accepted),
    ...ticks.map(({ payload }) => ({ topic: 'clock.v1' as const, value: payload })),
  ];
  await fingerprints.of(sandbox);
  return compareWarehouse(stack.clickhouse, sandbox.database, foldOracle(held, shop), shop);
}

describe.each([[32, 'America/New_York', 'USD']])('a shop (seed %i) in %s', (seed, timeZone, currency) => {
  const name = `live-${seed}`;
  const shop = { timeZone, currency };
  const messages = history(seed, timeZone, currency);

  it('replayed as a whole shows the fingerprint of the live one in every table, and every cell of the oracle', async () => {
    const live = await liveShop(name, messages, shop);
    const sandbox = await replayed(name, `whole-${seed}`);
    const [ofLive, ofSandbox] = [await fingerprints.of(live), await fingerprints.of(sandbox)];
    expect([ofLive.partial, ofSandbox.partial]).toEqual([false, false]);
    expect(ofLive.tables.every(({ table, rows }) => rows > 0 || table === 'ledger_clock')).toBe(true);
    expect(ofSandbox.tables).toEqual(ofLive.tables);
    expect(ofSandbox.fingerprint).toBe(ofLive.fingerprint);
    expect(ofSandbox.asOf).toBe(ofLive.asOf);
    expect(await differences(sandbox, messages, shop)).toEqual([]);
  });

  it('replayed at a pace is the same, whatever the borders of its batches', async () => {
    const spanMs = Math.ceil(messages.length / 3) * stepMs;
    const sandbox = await replayed(name, `paced-${seed}`, { speed: spanMs / 4_000 });
    const whole = await fingerprints.of((await shops.find(`whole-${seed}`)) as Shop);
    expect((await fingerprints.of(sandbox)).tables).toEqual(whole.tables);
  });

  it('replayed up to an instant is what the oracle says of the messages known before it', async () => {
    const middle = knownFrom + Math.floor(messages.length / 8) * stepMs;
    const to = new Date(middle).toISOString();
    const sandbox = await replayed(name, `early-${seed}`, { to });
    const before = messages.filter((message) => knownAt(message) < middle);
    expect(before.length).toBeLessThan(messages.length);
    expect(await differences(sandbox, before, shop)).toEqual([]);
    expect((await replays.show(name, `early-${seed}`)).clock).toBe(to);
  });

  it('replayed between two instants holds the messages known in between, the first included', async () => {
    const [from, to] = [knownFrom + 20 * stepMs, knownFrom + 60 * stepMs];
    const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    const sandbox = await replayed(name, `part-${seed}`, range);
    const within = messages.filter((message) => knownAt(message) >= from && knownAt(message) < to);
    expect(await differences(sandbox, within, shop)).toEqual([]);
  });
});

it('raises no alarm: the audits of sandboxes find nothing', async () => {
  const sandboxes = ingestion.pipelines.filter(({ shop }) => shop.replayOf !== undefined);
  expect(sandboxes.length).toBe(4);
  for (const pipeline of sandboxes) expect((await pipeline.audit()).checks.filter(({ ok }) => !ok)).toEqual([]);
  // What could not be used is said of the source.
  expect(alarms.list().filter(({ code }) => code !== 'dead-letters')).toEqual([]);
});
