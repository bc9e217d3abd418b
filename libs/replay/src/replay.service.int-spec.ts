import { openEmbedded, sql, ident, type ClickHouse } from '#clickhouse';
import { gapRow } from '#ingestion';
import { poison, seededShop, ShopRun } from '#testing';
import {
  LedgerRepository,
  ModelRepository,
  ReplayReads,
  ReplayRepository,
  ScoreReads,
  ShopRepository,
  WatermarkRepository,
  type ReplayRow,
  type Shop,
} from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReplayService } from './replay.service.js';

let directory: string;
let clickhouse: ClickHouse;
let shops: ShopRepository;
let replays: ReplayService;
let source: Shop;
let messages: number;
let rejected: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-replays-'));
  clickhouse = await openEmbedded(directory);
  shops = new ShopRepository(clickhouse);
  const scenario = seededShop(61, { timeZone: 'America/New_York', orders: 40 });
  const run = await ShopRun.open(clickhouse, 'source', scenario.shop);
  const all = [...scenario.messages, ...poison(scenario.shop.currency).map(({ message }) => message)];
  await run.arrive(all, 500);
  source = run.shop;
  const [count] = await clickhouse.query<{ messages: string; rejected: string }>(
    sql`SELECT countIf(NOT (topic = 'clock.v1' AND verdict = 'accepted')) AS messages, countIf(verdict = 'rejected') AS rejected FROM ${ident(source.database, 'ledger')}`,
  );
  [messages, rejected] = [Number(count?.messages), Number(count?.rejected)];
  replays = new ReplayService({
    ...{ shops, watermarks: new WatermarkRepository(clickhouse), replays: new ReplayRepository(clickhouse) },
    ...{ reads: () => new ReplayReads(clickhouse), models: new ModelRepository(clickhouse), scores: new ScoreReads(clickhouse) },
  });
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

const start = (into: string, asked: { from?: string; to?: string; scores?: boolean } = {}) =>
  replays.start('source', { into, speed: 'max', scores: false, ...asked }, 'somebody');

describe('what a replay would do', () => {
  it('is counted, and nothing is made', async () => {
    const plan = await replays.survey('source', { speed: 'max' });
    expect(plan).toMatchObject({ shop: 'source', messages, deadLetters: rejected, lost: 0, from: null, to: null });
    expect(plan.partitions.reduce((sum, each) => sum + each.messages, 0)).toBe(messages);
    const [size] = await clickhouse.query<{ bytes: string }>(
      sql`SELECT sum(length(payload)) AS bytes FROM ${ident(source.database, 'ledger')} WHERE NOT (topic = 'clock.v1' AND verdict = 'accepted')`,
    );
    expect(plan.bytes).toBe(Number(size?.bytes));
    expect(plan.endsAt).toBe((await new WatermarkRepository(clickhouse).read(source))?.clock?.toISOString());
    expect((await shops.list()).map(({ shop }) => shop)).toEqual(['source']);
  });

  it('takes a date of the shop for the start of its day, and at a pace as long as the clock runs', async () => {
    const plan = await replays.survey('source', { from: '2023-12-30', to: '2023-12-31', speed: 3_600 });
    expect([plan.from, plan.to]).toEqual(['2023-12-30T05:00:00.000Z', '2023-12-31T05:00:00.000Z']);
    // All orders of the scenario are known at noon of that day, UTC; the clock runs from there to the end of the day.
    expect([plan.startsAt, plan.endsAt]).toEqual(['2023-12-30T12:00:00.000Z', '2023-12-31T05:00:00.000Z']);
    expect(plan.etaSeconds).toBe(17);
  });

  it('names what the ledger never got, and counts a message that two processes wrote once', async () => {
    const ledger = new LedgerRepository(clickhouse);
    const [head] = (await ledger.heads(source)).filter(({ topic }) => topic === 'returns.v1');
    const before = await replays.survey('source', { speed: 'max' });
    const table = ident(source.database, 'ledger_transactions');
    await clickhouse.command(sql`INSERT INTO ${table} SELECT * FROM ${table} WHERE offset < 7`);
    expect(await replays.survey('source', { speed: 'max' })).toEqual(before);
    await ledger.append(source, 'returns.v1', [gapRow('returns.v1', 1, 1, 0n, 12n, 'lost-by-retention', new Date())]);
    // Not in the figures yet, so not in the replay either.
    expect((await replays.survey('source', { speed: 'max' })).lost).toBe(0);
    expect(head?.partition).toBe(0);
  });
});

describe('the order of a replay', () => {
  it('is whole, without a message twice, however large the pages are and whatever is too long for one', async () => {
    const plan = await start('ordered').then(() => new ReplayRepository(clickhouse).plan({ database: 'shop_ordered' }));
    if (!plan) throw new Error('it was started');
    const topics = [...new Set(plan.ends.map(({ topic }) => topic))];
    const long = `{"long":"${'x'.repeat(300_000)}"}`;
    await clickhouse.command(
      sql`ALTER TABLE ${ident(source.database, 'ledger_customers')} UPDATE payload = ${long} WHERE offset = 2 SETTINGS mutations_sync = 2`,
    );
    const reads = new ReplayReads(clickhouse);
    const rows: ReplayRow[] = [];
    for (let page = await reads.page(source, plan.selection, topics, undefined); page.length > 0;) {
      rows.push(...page);
      page = await reads.page(source, plan.selection, topics, page.at(-1));
    }
    expect(rows.length).toBe(messages);
    expect(new Set(rows.map(({ topic, partition, epoch, offset }) => `${topic} ${partition} ${epoch} ${offset}`)).size).toBe(messages);
    expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).sort((a, b) => a - b));
    expect(rows.filter(({ payload }) => payload === long).length).toBe(1);
    expect(rows.filter(({ payload }) => payload === '').length).toBeLessThan(4);
    await replays.remove('source', 'ordered').catch(() => undefined);
  });
});

describe('a replay is refused', () => {
  it.each([
    ['into a live shop', () => start('source'), 'replay-target-live', /live shop/],
    [
      'of a shop that is not there',
      () => replays.start('nobody', { into: 'x', speed: 'max', scores: false }, 'somebody'),
      'shop-unknown',
      /There are: .*source/,
    ],
    ['when it ends before it begins', () => start('x', { from: '2024-01-02', to: '2024-01-01' }), 'replay-range-empty', /is not before/],
    ['when it ends where it begins', () => start('x', { from: '2024-01-02', to: '2024-01-02' }), 'replay-range-empty', /is not before/],
    ['when there is nothing in it', () => start('x', { from: '2030-01-01' }), 'replay-nothing', /no message known from 2030-01-01 on/],
    [
      'with scores, where no model is active',
      () => start('x', { scores: true }),
      'replay-unscored',
      /as source is replayed: it has no active churn model/,
    ],
  ])('%s', async (_, asked, code, words) => {
    await expect(asked()).rejects.toMatchObject({ code, retryable: false, message: expect.stringMatching(words) as string });
    expect(await shops.find('x')).toBeUndefined();
  });

  it('into a sandbox that exists, also when two ask at the same moment', async () => {
    const [first, second] = await Promise.allSettled([start('taken'), start('taken', { to: '2024-01-01' })]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'replay-target-taken' } });
    expect((await replays.show('source', 'taken')).to).toBeNull();
  });

  it('when it is unknown, and says which there are', async () => {
    const words = { code: 'replay-unknown', message: expect.stringMatching(/There are: .*taken/) as string };
    await expect(replays.show('source', 'nope')).rejects.toMatchObject(words);
    await expect(replays.change('source', 'nope', { paused: true }, 'somebody')).rejects.toMatchObject(words);
    await expect(replays.remove('source', 'nope')).rejects.toMatchObject(words);
    await expect(replays.remove('source', 'source')).rejects.toMatchObject(words);
  });
});

describe('what is said to a replay', () => {
  it('stands in the order in which it was said', async () => {
    expect(await start('told')).toMatchObject({
      sandbox: 'told',
      shop: 'source',
      speed: 'max',
      state: 'preparing',
      messages,
      inFigures: 0,
      askedBy: 'somebody',
    });
    expect(await replays.change('source', 'told', { speed: 60, paused: true }, 'a')).toMatchObject({ speed: 60, state: 'paused' });
    expect(await replays.change('source', 'told', { speed: 5 }, 'b')).toMatchObject({ speed: 5, state: 'paused' });
    expect(await replays.change('source', 'told', { speed: 'max', paused: false }, 'a')).toMatchObject({
      speed: 'max',
      state: 'preparing',
    });
  });

  it('ends with its being broken', async () => {
    await new ReplayRepository(clickhouse).turn('shop_told', { turn: 'broken', detail: 'the source is gone' }, 'tideline');
    expect(await replays.show('source', 'told')).toMatchObject({ state: 'broken', detail: 'the source is gone' });
    const refused = replays.change('source', 'told', { paused: true }, 'a');
    await expect(refused).rejects.toMatchObject({
      code: 'replay-over',
      message: expect.stringMatching(/is broken \(the source is gone\)/) as string,
    });
  });

  it('ends with its sandbox', async () => {
    // Nobody runs pipelines here: what an ingestor does with a sandbox that was removed.
    const dropped = async (): Promise<void> => {
      for (let gone = false, looks = 0; !gone && looks < 200; looks += 1) {
        const removed = await shops.removed();
        for (const each of removed) await shops.drop(each);
        gone = removed.some(({ shop }) => shop === 'told');
        await sleep(50);
      }
    };
    await Promise.all([replays.remove('source', 'told'), dropped()]);
    expect((await replays.list('source')).map(({ sandbox }) => sandbox)).not.toContain('told');
    expect(await start('told')).toMatchObject({ state: 'preparing', detail: '', speed: 'max' });
  });
});
