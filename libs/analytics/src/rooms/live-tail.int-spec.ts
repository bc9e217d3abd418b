import { openEmbedded, type ClickHouse } from '#clickhouse';
import { aLine, anOrder, ShopRun } from '#testing';
import { LiveReads, ShopGate, WatermarkRepository } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LiveTail } from './live-tail.js';

let directory: string;
let clickhouse: ClickHouse;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-tail-'));
  clickhouse = await openEmbedded(directory);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

it('an order belongs to the pace once: delivered again, placed as a later revision, followed or asked of the engine', async () => {
  const run = await ShopRun.open(clickhouse, 'paced', { timeZone: 'UTC', currency: 'GBP' });
  const gate = new ShopGate(new WatermarkRepository(clickhouse));
  const tail = new LiveTail(new LiveReads(clickhouse));
  const pace = async (of: LiveTail): Promise<number | null> => {
    const { value } = await gate.read(run.shop, (stamp) => of.at(run.shop, stamp), 'live');
    return value.ordersPerRealMinute;
  };
  const placed = { type: 'tideline.transaction.placed.v1', recordedtime: new Date().toISOString() };
  const order = (orderId: string, revision = 1) => anOrder({ orderId, revision, lines: [aLine()] }, placed);
  expect(await pace(tail)).toBe(0);
  await run.arrive([order('a'), order('a'), order('b')], 10);
  expect(await pace(tail)).toBe(2);
  await run.arrive([order('a', 2), order('b'), order('c')], 10);
  expect([await pace(tail), await pace(new LiveTail(new LiveReads(clickhouse)))]).toEqual([3, 3]);
});

it('of a step of thousands each order is read once, whoever wrote it, and the feed has the newest', async () => {
  const run = await ShopRun.open(clickhouse, 'thousands', { timeZone: 'UTC', currency: 'GBP' });
  const gate = new ShopGate(new WatermarkRepository(clickhouse));
  run.ownEvery = 1;
  const own = new LiveReads(clickhouse, run.tail);
  const asked: number[] = [];
  const counting = (reads: LiveReads): LiveTail => {
    const arrivals: LiveReads['arrivals'] = async (...args) => {
      const came = await reads.arrivals(...args);
      asked.push(came.length);
      return came;
    };
    return new LiveTail(Object.assign(Object.create(reads) as LiveReads, { arrivals }));
  };
  const tails = [counting(own), counting(new LiveReads(clickhouse))];
  const at = async (tail: LiveTail) => (await gate.read(run.shop, (stamp) => tail.at(run.shop, stamp), 'live')).value;
  for (const tail of tails) expect((await at(tail)).ordersPerRealMinute).toBe(0);
  const placed = { type: 'tideline.transaction.placed.v1', recordedtime: new Date().toISOString() };
  let sent = 0;
  for (const more of [900, 3, 1_500]) {
    const orders = Array.from({ length: more }, (_, index) => anOrder({ orderId: `o${sent + index}`, lines: [aLine()] }, placed));
    await run.arrive(orders, 5_000);
    sent += more;
    for (const tail of tails) {
      const { events, ordersPerRealMinute } = await at(tail);
      expect([events.length, ordersPerRealMinute]).toEqual([Math.min(200, sent), sent]);
    }
  }
  // The first look, and of the two long steps what is not among the newest of its partition.
  expect(Math.max(...asked)).toBeLessThan(1_500);
});
