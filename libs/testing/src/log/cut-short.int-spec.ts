import { ident, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import type { Shop } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aLine, anOrder, aReturn, type TestMessage } from '../builders/index.js';
import { compareWarehouse, openShop } from '../compare/index.js';
import { foldOracle } from '../oracle/index.js';
import { thorough } from '../thorough.js';
import { FaultyClickHouse, type Fault, MemoryLog, PipelineProcess } from './index.js';

const settings = { timeZone: 'Europe/London', currency: 'GBP' };
/** From one statement at which it is cut to the next one. */
const stride = thorough ? 1 : 5;
let directory: string;
let engine: ClickHouse;
let shop: Shop;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-cut-short-'));
  engine = await openEmbedded(directory);
  shop = await openShop(engine, 'cut-short', settings);
});
afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

/** The one order and its return stand somewhere else at each revision: in every table the former place empties. */
function moved(revision: number): TestMessage[] {
  const odd = revision % 2 === 1;
  const month = odd ? '02' : '03';
  const place = odd ? { country: 'France', region: 'Bretagne', city: 'Brest' } : { country: 'Malta', region: 'Gozo', city: 'Victoria' };
  const order = anOrder({
    revision,
    orderedAt: `2024-${month}-10T10:00:00Z`,
    customerId: odd ? 'ada' : 'ben',
    campaignId: odd ? 'spring' : 'summer',
    channel: odd ? 'web' : 'store',
    paymentMethod: odd ? 'card' : 'invoice',
    discount: '1.00',
    lines: [aLine({ productId: odd ? 'tea' : 'mug', line: odd ? 1 : 2 })],
    ...place,
  });
  const refund = aReturn({
    revision,
    refundedAt: `2024-${month}-20T10:00:00Z`,
    lines: [{ line: odd ? 1 : 2, quantity: 1, amount: '2.00' }],
  });
  return [order, refund];
}

it('leaves no trace of a step, a settling or a view that died after any of its statements', async () => {
  const log = new MemoryLog();
  let store = new FaultyClickHouse(engine);
  let process = new PipelineProcess(store, shop, log);
  await store.under(undefined, () => process.claim());
  let died = true;
  let statement = 1;
  let rounds = 0;
  for (; died; statement += stride) {
    rounds += 1;
    for (const message of moved(rounds)) log.send(message);
    const work = async (): Promise<void> => {
      await process.drain(log.partitions());
      await process.refresher.catchUp();
      await process.refresher.refreshViews();
    };
    died = (await store.under({ kind: 'crash', at: statement, carriedOut: true }, work)) === 'died';
    if (died) {
      store = new FaultyClickHouse(engine);
      process = new PipelineProcess(store, shop, log);
      await store.under(undefined, async () => {
        await process.claim();
        await work();
      });
    }
    const oracle = foldOracle(log.all(), settings);
    expect(await compareWarehouse(engine, shop.database, oracle, settings), `after statement ${statement}`).toEqual([]);
  }
  expect(statement).toBeGreaterThan(30);
});

/** Orders that nobody has heard of, in a few days, hours and places, some of customers who bought before, one of a guest. */
function unheard(round: number, name: string): TestMessage[] {
  return [0, 1, 2].map((index) =>
    anOrder({
      orderId: `${name}-${round}-${index}`,
      orderedAt: `2024-0${2 + index}-1${round % 3}T1${round % 4}:00:0${index}Z`,
      ...(index === 2 ? { customerId: undefined } : { customerId: `c${(round + index) % 5}` }),
      country: index === 0 ? 'France' : 'Malta',
      channel: round % 2 === 0 ? 'web' : 'store',
      discount: index === 1 ? '1.00' : '0',
      lines: [aLine({ productId: round % 3 === 0 ? 'tea' : 'mug' }), aLine({ line: 2, productId: 'tea' })],
    }),
  );
}

it.each(['crash', 'failure'] as const)(
  'adds orders that nobody has heard of to the KPIs, once, after a %s at any statement',
  async (kind) => {
    const log = new MemoryLog();
    const adding = await openShop(engine, `adding-${kind}`, settings);
    let store = new FaultyClickHouse(engine);
    let process = new PipelineProcess(store, adding, log);
    let added = 0;
    await store.under(undefined, () => process.claim());
    const drain = (): Promise<void> => process.drain(log.partitions());
    const refresh = async (): Promise<void> => {
      while (await process.refresher.step());
      if ((await process.refresher.settle())?.timings.has('agg_kpi_added')) added += 1;
    };
    let ended: 'died' | 'failed' | 'through' | undefined;
    let rounds = 0;
    for (let statement = 1; ended !== 'through'; statement += stride) {
      rounds += 1;
      for (const name of ['before', 'between']) {
        for (const message of unheard(rounds, name)) log.send(message);
        await store.under(undefined, drain);
        await store.under(undefined, refresh);
      }
      for (const message of unheard(rounds, 'cut')) log.send(message);
      await store.under(undefined, drain);
      ended = await store.under({ kind, at: statement, carriedOut: true }, refresh).then(
        (outcome) => (outcome === 'died' ? outcome : ('through' as const)),
        () => 'failed' as const,
      );
      if (ended === 'died') {
        store = new FaultyClickHouse(engine);
        process = new PipelineProcess(store, adding, log);
        await store.under(undefined, () => process.claim());
      }
      await store.under(undefined, refresh);
      const differences = await compareWarehouse(engine, adding.database, foldOracle(log.all(), settings), settings, {
        withoutViews: true,
      });
      expect(differences, `after statement ${statement}`).toEqual([]);
    }
    expect(added).toBeGreaterThan(10 / stride);
  },
);

it('knows of what the ledger holds, though its insert was reported as failed', async () => {
  const log = new MemoryLog();
  const store = new FaultyClickHouse(engine);
  const unsure = await openShop(engine, 'unsure', settings);
  const process = new PipelineProcess(store, unsure, log);
  const placed = (revision: number, recordedtime: string): TestMessage =>
    anOrder({ revision, orderedAt: '2024-02-10T10:00:00Z' }, { recordedtime });
  const sent = [placed(1, '2024-02-11T00:00:00Z'), placed(2, '2024-02-13T00:00:00Z'), placed(3, '2024-02-12T00:00:00Z')];
  const take = async (message: TestMessage, fault?: Fault): Promise<void> => {
    log.send(message);
    await store.under(undefined, async () => {
      for (const place of log.partitions()) await process.take(place);
    });
    await store.under(fault, () => process.flush());
  };
  const [first, second, third] = sent as [TestMessage, TestMessage, TestMessage];
  await store.under(undefined, () => process.claim());
  await take(first);
  await store.under(undefined, () => process.refresher.catchUp());
  await take(second, { kind: 'failure', at: 1, carriedOut: true });
  await take(third);
  await store.under(undefined, () => process.refresher.catchUp());
  expect(process.refresher.watermark?.clock).toEqual(new Date('2024-02-13T00:00:00Z'));
  expect(await compareWarehouse(engine, unsure.database, foldOracle(sent, settings), settings, { withoutViews: true })).toEqual([]);
});

/** An order that is cancelled and revived by turns: its refund is left out by turns. */
function wavering(revision: number): TestMessage[] {
  const order = anOrder({
    orderId: 'W',
    revision,
    status: revision % 2 === 0 ? 'cancelled' : 'placed',
    orderedAt: '2024-02-05T10:00:00Z',
    customerId: 'cleo',
  });
  return [order, aReturn({ returnId: 'RW', orderId: 'W', revision, refundedAt: '2024-02-07T10:00:00Z' })];
}

it('settles what the steps of a process left that died, without doing the steps again', async () => {
  const left = await openShop(engine, 'left', settings);
  const log = new MemoryLog();
  let elapsed = 0;
  const first = new PipelineProcess(engine, left, log, { elapsed: () => elapsed });
  await first.claim();
  let round = 0;
  const send = (): void => {
    round += 1;
    for (const message of [...moved(round), ...unheard(round, 'left'), ...wavering(round)]) log.send(message);
  };
  const follow = async (process: PipelineProcess): Promise<number> => {
    await process.drain(log.partitions());
    return process.refresher.follow();
  };
  send();
  await follow(first);
  await first.refresher.settle();
  for (let more = 0; more < 3; more += 1) {
    send();
    elapsed += 1_000;
    expect(await follow(first)).toBe(1);
  }
  const checkpoint = first.refresher.live;
  // Of the last second nothing is kept, nor is the live watermark when the engine ends.
  elapsed += 999;
  send();
  expect(await follow(first)).toBe(1);
  await engine.command(sql`TRUNCATE TABLE ${ident(left.database, 'watermark_live')}`);

  // Few rows a step: what was left is gathered in pieces.
  const second = new PipelineProcess(engine, left, log, { rowCap: 2 });
  await second.refresher.claim();
  expect(second.refresher.live).toEqual(checkpoint);
  expect(second.refresher.watermark).toEqual(first.refresher.watermark);
  expect(second.refresher.unsettled).toBe(true);
  // Who left it may have died while he settled it: what is settled is not sworn to.
  const isPartial = async (): Promise<boolean> => (await second.gate.read(left, () => Promise.resolve(undefined))).stamp.partial;
  expect(await isPartial()).toBe(true);
  expect(await second.refresher.follow()).toBeGreaterThan(1);
  expect(second.refresher.live?.positions).toEqual(first.refresher.live?.positions);
  send();
  await follow(second);
  const settled = await second.refresher.settle();
  expect(await isPartial()).toBe(false);
  expect(await compareWarehouse(engine, left.database, foldOracle(log.all(), settings), settings, { withoutViews: true })).toEqual([]);
  expect(settled?.ledgerRows).toBe(log.all().length - log.all().length / round);
  expect(second.refresher.unsettled).toBe(false);

  // Nothing was left: nothing is gathered.
  const third = new PipelineProcess(engine, left, log);
  await third.refresher.claim();
  expect(third.refresher.unsettled).toBe(false);
  expect(await third.refresher.settle()).toBeUndefined();
});
