import { openEmbedded, type ClickHouse } from '#clickhouse';
import type { Shop } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aLine, anOrder, aReturn, type TestMessage } from '../builders/index.js';
import { compareWarehouse, openShop } from '../compare/index.js';
import { foldOracle } from '../oracle/index.js';
import { FaultyClickHouse, type Fault, MemoryLog, PipelineProcess } from './index.js';

const settings = { timeZone: 'Europe/London', currency: 'GBP' };
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
  let statement = 0;
  while (died) {
    statement += 1;
    for (const message of moved(statement)) log.send(message);
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
