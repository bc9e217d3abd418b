import { KpiService } from '#analytics';
import { openEmbedded, type ClickHouse } from '#clickhouse';
import { roomQueries } from '#contracts';
import { HeadlineReads, KpiReads } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MemoryLog, PipelineProcess } from '../log/index.js';
import { foldOracle, type OracleMessage } from '../oracle/index.js';
import { seededShop } from '../scenarios/index.js';
import { openShop } from './shop-run.js';

let directory: string;
let clickhouse: ClickHouse;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-headline-'));
  clickhouse = await openEmbedded(directory);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

const custom = { from: '2023-03-01T00:00:05Z', to: '2024-06-15T10:20:30Z' };
const asked = [{ period: 'last-7-days' }, { period: 'last-365-days' }, { period: 'all' }, { period: 'custom', ...custom }].map((query) =>
  roomQueries.headline.parse(query),
);

it('kept up by what steps add is the headline as it is read, for every period, whatever comes between', async () => {
  const scenario = seededShop(12, { timeZone: 'Asia/Kolkata', orders: 150 });
  const shop = await openShop(clickhouse, 'kept-up', scenario.shop);
  const log = new MemoryLog();
  const own = new PipelineProcess(clickhouse, shop, log);
  await own.claim();
  let read = 0;
  const counting: ClickHouse = { ...clickhouse, query: (...of) => ((read += 1), clickhouse.query(...of)) };
  const kpis = new KpiReads(clickhouse);
  const keptUp = new KpiService(kpis, new HeadlineReads(counting, own.gate), own.gate);
  const arrived: OracleMessage[] = [];
  const arrive = async (messages: readonly OracleMessage[]): Promise<void> => {
    for (const message of messages) log.append(message.topic, 0, message.value);
    arrived.push(...messages);
    await own.drain([...new Set(messages.map(({ topic }) => topic))].map((topic) => ({ topic, partition: 0 })));
    for (let step = await own.refresher.step(); step; step = await own.refresher.step());
  };
  /** Asks as a room does, and as one that has never asked. @returns how many of the answers had to be read */
  const look = async (): Promise<number> => {
    const before = read;
    for (const query of asked) {
      const anew = new KpiService(kpis, new HeadlineReads(clickhouse, own.gate), own.gate);
      expect(await keptUp.headline(shop, query)).toEqual(await anew.headline(shop, query));
    }
    return read - before;
  };

  // One message of each order, a few at a time: nothing but new orders.
  const orders = new Map(scenario.messages.flatMap((each) => placedIn(each).map((placed) => [placed.order, placed] as const)));
  const placed = [...orders.values()].sort((x, y) => x.at - y.at);
  // The clock is that of the data: it stands for sixteen orders, then moves on.
  const clockOf = (index: number): number => (placed[16 * Math.floor(index / 16 + 1)] ?? placed.at(-1))?.at ?? 0;
  const once = placed.map((each, index) => messageOf(each, each.at, clockOf(index)));
  await arrive(once.slice(0, 20));
  const reads: number[] = [];
  for (let from = 20; from < 100; from += 4) {
    await arrive(once.slice(from, from + 4));
    reads.push(await look());
  }
  // Into the last full hour of the clock.
  const late = placed.slice(120, 128).map((each) => messageOf(each, clockOf(99) - 3_600_000, clockOf(99)));
  for (let from = 0; from < late.length; from += 2) {
    await arrive(late.slice(from, from + 2));
    reads.push(await look());
  }
  // The first look only counts buyers, the second one learns who they are. What the clock moves on is read.
  expect(reads.slice(0, 2)).toEqual([4, 4]);
  expect(reads.slice(2).filter((each) => each === 0).length).toBeGreaterThanOrEqual(8);
  expect(reads.slice(2).filter((each) => each > 0).length).toBeGreaterThanOrEqual(3);

  // Returns, corrections and cancellations between new orders, and what others wrote.
  const elsewhere = new PipelineProcess(clickhouse, shop, log);
  for (let from = 0; from < scenario.messages.length; from += 90) {
    await arrive(scenario.messages.slice(from, from + 90));
    await look();
    if (from % 180 === 0) {
      for (const message of once.slice(100, 103)) log.append(message.topic, 0, message.value);
      arrived.push(...once.slice(100, 103));
      await elsewhere.assign({ topic: 'transactions.v1', partition: 0 });
      await elsewhere.drain([{ topic: 'transactions.v1', partition: 0 }]);
      own.refresher.ask();
      await own.assign({ topic: 'transactions.v1', partition: 0 });
      await arrive(once.slice(103, 105));
      await look();
    }
  }
  const { figures } = await keptUp.headline(shop, roomQueries.headline.parse({ period: 'custom', ...custom }));
  const expected = foldOracle(arrived, scenario.shop).summary({ ...custom, refunds: 'refund-date' });
  expect(expected).toMatchObject(figures);
});

interface Placed {
  readonly order: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly event: { readonly data: { readonly orderId: string; readonly orderedAt: string } };
}

/** The order that a message places, if it does. */
function placedIn({ topic, value }: OracleMessage): Placed[] {
  const text = String(value);
  if (topic !== 'transactions.v1' || !text.includes('tideline.transaction.placed.v1') || !text.endsWith('}')) return [];
  const event = JSON.parse(text) as Partial<Placed['event']>;
  return event.data ? [{ order: event.data.orderId, at: Date.parse(event.data.orderedAt), event: { ...event, data: event.data } }] : [];
}

/** Places an order at another time. */
function messageOf({ event }: Placed, at: number, recorded: number): OracleMessage {
  const [orderedAt, recordedtime] = [at, recorded].map((each) => new Date(each).toISOString());
  const value = { ...event, time: orderedAt, recordedtime, data: { ...event.data, orderedAt } };
  return { topic: 'transactions.v1', value: Buffer.from(JSON.stringify(value)) };
}
