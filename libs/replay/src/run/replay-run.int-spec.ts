import { Alarms } from '#alarms';
import { ident, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { gapRow, LedgerWriter } from '#ingestion';
import { arrivals, knownInTurn, seededShop, ShopRun } from '#testing';
import {
  AlertRuleRepository,
  LedgerRepository,
  ReplayReads,
  ShopRepository,
  WatermarkRepository,
  type LedgerRow,
  type LedgerTopic,
  type ReplayPlan,
  type Shop,
} from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planOf } from '../replay.service.js';
import { ReplayIntake, type ReplayIntakeParts } from './replay-intake.js';

// The real ledger on both sides; what dies is cut off right before or right after one of its inserts.

let directory: string;
let clickhouse: ClickHouse;
let shops: ShopRepository;
let source: Shop;
let plan: ReplayPlan;
const minute = 60_000;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-replay-'));
  clickhouse = await openEmbedded(directory);
  shops = new ShopRepository(clickhouse);
  const scenario = seededShop(41, { timeZone: 'UTC', orders: 12 });
  const run = await ShopRun.open(clickhouse, 'source', scenario.shop);
  await run.arrive(arrivals(41, knownInTurn(scenario.messages, scenario.shop, minute), { shuffle: true, duplicate: 0.1 }), 1_000);
  source = run.shop;
  const watermark = await new WatermarkRepository(clickhouse).read(source);
  const selection = { positions: watermark?.positions ?? [], from: null, to: null };
  plan = planOf(source, selection, watermark, await new ReplayReads(clickhouse).survey(source, selection), 'tests');
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

/** A ledger that dies with the n-th insert: before it, or after it was durable and before anybody heard. */
class DyingLedger extends LedgerRepository {
  constructor(
    engine: ClickHouse,
    private left: number,
    private readonly dies: 'before' | 'after',
  ) {
    super(engine);
  }

  override async append(shop: Shop, topic: LedgerTopic, rows: readonly LedgerRow[]): Promise<void> {
    this.left -= 1;
    if (this.left < 0 || (this.left === 0 && this.dies === 'before')) throw new Error('cut off');
    await super.append(shop, topic, rows);
    if (this.left === 0) throw new Error('cut off');
  }
}

interface Attempt {
  readonly ledger?: LedgerRepository;
  /** Null: as fast as it goes. */
  readonly speed?: number | null;
  readonly planned?: ReplayPlan;
  /** Up to when the scorer has come. */
  readonly scores?: ReplayIntakeParts['scores'];
}

const unscored: ReplayIntakeParts['scores'] = { toldUntil: () => Promise.resolve(undefined) };

/** One process that feeds a sandbox until it is through, or dies. Real time is an hour-glass that only sleeping turns. */
async function attempt(
  sandbox: Shop,
  { ledger = new LedgerRepository(clickhouse), speed = null, planned = plan, scores = unscored }: Attempt,
): Promise<string> {
  let real = 0;
  const clock = {
    now: () => real,
    sleep: (ms: number) => {
      real += Math.ceil(ms);
      return new Promise<void>((done) => setImmediate(done));
    },
  };
  const writer = new LedgerWriter(sandbox, ledger, new Alarms(), 'halt', {
    placed: () => undefined,
    waiting: () => undefined,
    written: () => undefined,
  });
  const said: string[] = [];
  const replays = {
    plan: () => Promise.resolve(planned),
    turns: () => Promise.resolve({ speed, paused: false, broken: null }),
    turn: () => Promise.resolve(),
  };
  await new Promise<void>((ended) => {
    const log = { info: () => ended(), warn: () => undefined };
    const rules = new AlertRuleRepository(clickhouse);
    const intake = new ReplayIntake({ ...{ replays, ledger, rules, scores, clock, log }, reads: () => new ReplayReads(clickhouse) });
    const onBroken = (why: string): void => {
      said.push(why);
      ended();
    };
    intake.open({ ...{ shop: sandbox, writer, refreshes: () => true, onState: () => undefined, onBroken } });
  });
  return said[0] ?? 'through';
}

async function newSandbox(name: string, scored = false): Promise<Shop> {
  const settings = { ...source, shop: name, clockMode: 'source', replayOf: source.shop } as const;
  const sandbox = await shops.register({ ...settings, ...(scored ? { scored } : {}) });
  await shops.prepare(sandbox);
  return sandbox;
}

/** All that a sandbox holds of the source, in its order. */
function contentOf(sandbox: Shop): Promise<object[]> {
  return clickhouse.query(sql`SELECT topic, partition, epoch, offset, verdict, reason, payload, recorded_time
FROM ${ident(sandbox.database, 'ledger')} WHERE topic != 'clock.v1' OR verdict != 'accepted' ORDER BY topic, partition, epoch, offset`);
}

/** Ticks whose instant and offsets do not part the ledger into what was known by then and what came later; with the last one all is there. */
async function lyingTicks(sandbox: Shop): Promise<object[]> {
  return clickhouse.query(sql`SELECT t.now, l.topic, l.offset, l.recorded_time
FROM (SELECT now, offsets FROM ${ident(sandbox.database, 'ledger_clock')} WHERE verdict = 'accepted' AND now < ${new Date(plan.endsAt ?? 0)}) AS t
CROSS JOIN (SELECT topic, partition, offset, recorded_time FROM ${ident(sandbox.database, 'ledger')} WHERE topic != 'clock.v1') AS l
WHERE (l.offset < t.offsets[concat(${sandbox.shop}, '.', l.topic, '-', toString(l.partition))]) != (l.recorded_time <= t.now)`);
}

/** Messages behind the newest tick, and its instant. */
async function behindTick(sandbox: Shop): Promise<{ now: number; messages: number } | undefined> {
  const place = sql`concat(${sandbox.shop}, '.', l.topic, '-', toString(l.partition))`;
  const [row] = await clickhouse.query<{ at: string; messages: string }>(
    sql`SELECT toUnixTimestamp64Milli(t.now) AS at, countIf(l.offset >= t.offsets[${place}]) AS messages
FROM (SELECT now, offsets FROM ${ident(sandbox.database, 'ledger_clock')} WHERE verdict = 'accepted' ORDER BY offset DESC LIMIT 1) AS t
CROSS JOIN (SELECT topic, partition, offset FROM ${ident(sandbox.database, 'ledger')} WHERE topic != 'clock.v1') AS l GROUP BY t.now`,
  );
  return row && { now: Number(row.at), messages: Number(row.messages) };
}

async function ticksOf(sandbox: Shop): Promise<number[]> {
  const rows = await clickhouse.query<{ at: string }>(
    sql`SELECT toUnixTimestamp64Milli(now) AS at FROM ${ident(sandbox.database, 'ledger_clock')} WHERE verdict = 'accepted' ORDER BY partition, offset`,
  );
  return rows.map(({ at }) => Number(at));
}

describe('a run', () => {
  it('brings every message once, in the order in which they were known, and ticks to the end', async () => {
    const sandbox = await newSandbox('whole');
    expect(await attempt(sandbox, {})).toBe('through');
    const content = await contentOf(sandbox);
    expect(content.length).toBe(plan.ends.reduce((sum, { messages }) => sum + messages, 0));
    expect(content.filter((row) => (row as { verdict: string }).verdict === 'gap')).toEqual([]);
    const known = content as { topic: string; recorded_time: string }[];
    for (const topic of new Set(known.map((row) => row.topic))) {
      const times = known.filter((row) => row.topic === topic).map((row) => row.recorded_time);
      expect(times, topic).toEqual([...times].sort());
    }
    expect(await lyingTicks(sandbox)).toEqual([]);
    expect((await ticksOf(sandbox)).at(-1)).toBe(plan.endsAt);
  });

  it('at a pace comes to the same, and its ticks follow the pace', async () => {
    const sandbox = await newSandbox('paced');
    // A shop minute in a fiftieth of a second.
    expect(await attempt(sandbox, { speed: 3_000 })).toBe('through');
    expect(await contentOf(sandbox)).toEqual(await contentOf(await newSandbox('whole')));
    expect(await lyingTicks(sandbox)).toEqual([]);
    const ticks = await ticksOf(sandbox);
    expect(ticks).toEqual([...new Set(ticks)].sort((a, b) => a - b));
    const steps = ticks.slice(1, -1).map((at, index) => at - (ticks[index] ?? 0));
    for (const step of steps) expect(step).toBeLessThanOrEqual(1_300 * 3_000);
    expect(ticks.at(-1)).toBe(plan.endsAt);
  });

  it.each(['before', 'after'] as const)('that dies again and again %s an insert comes to the same', async (dies) => {
    const sandbox = await newSandbox(`dying-${dies}`);
    let deaths = 0;
    for (let inserts = 2; ; inserts = (inserts % 11) + 2) {
      const words = await attempt(sandbox, { speed: 3_000, ledger: new DyingLedger(clickhouse, inserts, dies) });
      if (words === 'through') break;
      expect(words).toBe('cut off');
      deaths += 1;
      expect(deaths).toBeLessThan(2_000);
    }
    expect(deaths).toBeGreaterThan(10);
    expect(await contentOf(sandbox)).toEqual(await contentOf(await newSandbox('whole')));
    expect(await lyingTicks(sandbox)).toEqual([]);
    expect((await ticksOf(sandbox)).at(-1)).toBe(plan.endsAt);
  });

  it('that is scored brings nothing beyond a tick before everybody is decided on up to it, however often it dies', async () => {
    const sandbox = await newSandbox('scored', true);
    // A slow one after a quick one finds more than it would have brought by its first ticks.
    const speeds = [6_000, 400];
    let [asked, deaths, told, early] = [0, 0, -Infinity, 0];
    const scores = {
      toldUntil: async (): Promise<number> => {
        const behind = await behindTick(sandbox);
        if (behind && told < behind.now) early += behind.messages;
        asked += 1;
        // It takes its time.
        if (behind && asked % 3 === 0) told = behind.now;
        return told;
      },
    };
    for (let inserts = 6; ; inserts = (inserts % 17) + 6) {
      const words = await attempt(sandbox, {
        speed: speeds[deaths % 2] ?? null,
        scores,
        ledger: new DyingLedger(clickhouse, inserts, 'after'),
      });
      if (words === 'through') break;
      expect(words).toBe('cut off');
      deaths += 1;
      expect(deaths).toBeLessThan(2_000);
    }
    const ticks = await ticksOf(sandbox);
    expect([deaths > 3, ticks.length > 6, asked > 2 * ticks.length, early]).toEqual([true, true, true, 0]);
    // The last one waits for nobody: nothing comes after it.
    expect(told).toBe(ticks.at(-2));
    expect(await contentOf(sandbox)).toEqual(await contentOf(await newSandbox('whole')));
  });

  it('never says that it is through when the source gives other than was planned, nor lets the clock come to its end', async () => {
    const ends = plan.ends.map((end, index) => (index === 2 ? { ...end, messages: end.messages + 1 } : end));
    const sandbox = await newSandbox('short');
    expect(await attempt(sandbox, { planned: { ...plan, ends } })).toMatch(/source gave \d+ messages of .*planned.*Delete it/);
    expect(await ticksOf(sandbox)).not.toContain(plan.endsAt);
  });

  it('says so when the sandbox lacks a message that its offsets promise', async () => {
    const sandbox = await newSandbox('holed');
    const gap = gapRow('transactions.v1', 0, 1, 0n, 5n, 'skipped-by-broker', new Date());
    await new LedgerRepository(clickhouse).append(sandbox, 'transactions.v1', [gap]);
    expect(await attempt(sandbox, {})).toMatch(/holed holds \d+ messages of transactions.v1\/0, \d+ were planned/);
    expect(await ticksOf(sandbox)).not.toContain(plan.endsAt);
  });
});
