import { ident, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { HeldStore, seededShop, ShopRun } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimOf, generationOf, ShopGate, tableOf, WatermarkRepository, type Level, type Shop, type Watermark } from './index.js';

const { messages } = seededShop(71, { timeZone: 'Europe/London' });
let directory: string;
let engine: ClickHouse;
/** The store as the refresher's process has it. */
let store: HeldStore;
let run: ShopRun;
let arrived = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-gate-'));
  engine = await openEmbedded(directory);
  store = new HeldStore(engine);
  run = await ShopRun.open(store, 'gate', { timeZone: 'Europe/London', currency: 'GBP' });
  await arrive(30);
});
afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

async function arrive(count: number): Promise<void> {
  await run.arrive(messages.slice(arrived, (arrived += count)), count);
}

/** A gate as a process has it that only reads. */
function elsewhere(patience?: number): ShopGate {
  return new ShopGate(new WatermarkRepository(new HeldStore(engine)), patience);
}

it('says of a shop whose tables are made that it is being prepared; a table that is missing later is a fault', async () => {
  const soon = { ...run.shop, shop: 'soon', database: 'shop_soon' };
  await expect(elsewhere().read(soon, () => Promise.resolve())).rejects.toMatchObject({ code: 'shop-not-ready', retryable: true });
  const half = await ShopRun.open(store, 'half', { timeZone: 'UTC', currency: 'GBP' });
  const missing = (shop: Shop) => () => engine.query(sql`SELECT 1 FROM ${tableOf(shop, 'no_such_table')}`);
  await expect(elsewhere().read(half.shop, missing(half.shop))).rejects.toMatchObject({ code: 'shop-not-ready' });
  await expect(elsewhere().read(run.shop, missing(run.shop))).rejects.toMatchObject({ engineCode: 60 });
});

describe('a reader in another process than the refresher', () => {
  it.each<[Level, string]>([
    ['settled', 'INSERT agg_kpi'],
    ['settled', 'INSERT agg_customer'],
    ['live', 'INSERT agg_headline'],
  ])('waits while the %s level is written (%s), and then sees all of it', async (level, write) => {
    const stood = (level === 'live' ? run.refresher.live : run.refresher.watermark)?.generation;
    const held = store.hold((each) => each === write);
    const moving = arrive(10);
    await held.reached;
    const nothing = (): Promise<void> => Promise.resolve();
    expect((await elsewhere(50).read(run.shop, nothing, level)).stamp.partial).toBe(true);
    const waiting = elsewhere().read(run.shop, nothing, level);
    await sleep(100);
    held.release();
    await moving;
    const { stamp } = await waiting;
    expect(stamp.partial).toBe(false);
    expect(BigInt(stamp.generation)).toBeGreaterThan(stood ?? 0n);
  });

  it('reads again what it read while a step began', async () => {
    const gate = elsewhere();
    let reads = 0;
    const { value, stamp } = await gate.read(run.shop, async () => {
      reads += 1;
      const orders = await ordersOf('agg_kpi');
      if (reads === 1) await arrive(20);
      return [orders, await ordersOf('agg_kpi')];
    });
    expect(reads).toBe(2);
    expect(value[0]).toBe(value[1]);
    expect(stamp).toMatchObject({ partial: false, generation: String(run.refresher.watermark?.generation) });
  });
});

it('a reader in another process goes by what is on disk where the live watermark ended with the engine, until there is another', async () => {
  await arrive(10);
  await engine.command(sql`TRUNCATE TABLE ${tableOf(run.shop, 'watermark_live')}`);
  const stamp = async (): Promise<unknown> => (await elsewhere(50).read(run.shop, () => Promise.resolve(), 'live')).stamp;
  const { clock, generation } = run.refresher.watermark as Watermark;
  expect(await stamp()).toMatchObject({ partial: false, clock: clock?.toISOString(), generation: String(generation) });
  await arrive(10);
  expect(await stamp()).toMatchObject({ partial: false, generation: String(run.refresher.live?.generation) });
});

describe('a reader in another process that reads ahead of the settled level', () => {
  it('does not wait for a settling under way: what it moves lies before the live level that he is given', async () => {
    const settled = run.refresher.watermark?.positions;
    const held = store.hold((each) => each === 'INSERT agg_customer');
    const moving = arrive(10);
    await held.reached;
    const ground = await elsewhere(50).readAhead(run.shop, (each) => Promise.resolve(each));
    held.release();
    await moving;
    expect(ground?.settled?.positions).toEqual(settled);
    expect(ground?.live?.positions).toEqual(run.refresher.watermark?.positions);
  });

  it('does not read again where a settling began meanwhile that goes no farther', async () => {
    await run.arrive(messages.slice(arrived, (arrived += 10)), 10, false);
    let reads = 0;
    const ground = await elsewhere().readAhead(run.shop, async (each) => {
      reads += 1;
      await run.settle();
      return each;
    });
    expect(reads).toBe(1);
    expect(ground?.settled?.generation).toBeLessThan(run.refresher.watermark?.generation ?? 0n);
    expect(ground?.live?.positions).toEqual(run.refresher.watermark?.positions);
  });

  it('reads again where one began that goes beyond what he took from the ledger, and waits where he has to read still', async () => {
    let reads = 0;
    const ahead = async (): Promise<void> => {
      reads += 1;
      if (reads === 1) await arrive(10);
    };
    await elsewhere().readAhead(run.shop, ahead);
    expect(reads).toBe(2);
    const held = store.hold((each) => each === 'INSERT agg_customer');
    const moving = arrive(10);
    await held.reached;
    expect(await elsewhere(50).readAhead(run.shop, () => Promise.resolve('read'), true)).toBeUndefined();
    held.release();
    await moving;
    expect(await elsewhere(50).readAhead(run.shop, () => Promise.resolve('read'), true)).toBe('read');
  });
});

describe('a reader in the process of the refresher that reads ahead', () => {
  const at = (generation: bigint, next: bigint): Watermark => ({
    ...{ generation, clock: null, committedAt: new Date(0) },
    positions: [{ topic: 'transactions.v1', partition: 0, epoch: 1, next }],
  });
  /** A gate of a refresher whose levels stand at 10 and 20. */
  const own = (): ShopGate => {
    const gate = elsewhere();
    gate.stands(run.shop, 'settled', at(2n, 10n));
    gate.stands(run.shop, 'live', at(4n, 20n));
    return gate;
  };
  const settles = (gate: ShopGate, generation: bigint, next: bigint, until = Promise.resolve()): Promise<void> =>
    gate.write(run.shop, 'settled', async () => {
      await until;
      gate.stands(run.shop, 'settled', at(generation, next));
    });

  it('neither waits for a settling nor keeps one out, and reads again after one that goes beyond', async () => {
    const gate = own();
    let end: () => void = () => undefined;
    const settling = settles(gate, 6n, 20n, new Promise((resolve) => (end = resolve)));
    await sleep(0);
    expect(await gate.readAhead(run.shop, ({ settled }) => Promise.resolve(settled?.generation))).toBe(2n);
    end();
    await settling;
    const seen: bigint[] = [];
    await gate.readAhead(run.shop, async ({ live }) => {
      seen.push(live?.generation ?? 0n);
      if (seen.length > 1) return;
      gate.stands(run.shop, 'live', at(8n, 30n));
      await settles(gate, 10n, 30n);
    });
    expect(seen).toEqual([4n, 8n]);
  });

  it('reads again after other tables were put in the place of those that stood', async () => {
    const gate = own();
    const generations: bigint[] = [];
    await gate.readAhead(run.shop, async ({ settled }) => {
      generations.push(settled?.generation ?? 0n);
      if (generations.length > 1) return;
      gate.stands(run.shop, 'live', at(generationOf(1), 20n));
      await settles(gate, generationOf(1), 20n);
    });
    expect(generations).toEqual([2n, generationOf(1)]);
  });

  it('waits behind one that died half-way', async () => {
    const gate = own();
    gate.doubts(run.shop, 'settled');
    expect(await gate.readAhead(run.shop, () => Promise.resolve('read'))).toBeUndefined();
    await settles(gate, 6n, 20n);
    expect(await gate.readAhead(run.shop, () => Promise.resolve('read'))).toBe('read');
  });

  it('waits until the level has passed what one that died may have written', async () => {
    const gate = own();
    const partial = async (): Promise<boolean> => (await gate.read(run.shop, () => Promise.resolve())).stamp.partial;
    gate.doubts(run.shop, 'settled', at(0n, 30n).positions);
    await settles(gate, 6n, 20n);
    expect([await partial(), await gate.readAhead(run.shop, () => Promise.resolve('read'))]).toEqual([true, undefined]);
    await settles(gate, 8n, 30n);
    expect([await partial(), await gate.readAhead(run.shop, () => Promise.resolve('read'))]).toEqual([false, 'read']);
  });
});

it('a process that another one took the refresh from asks the store again, whatever it left half done', async () => {
  const gate = elsewhere();
  const half = gate.write(run.shop, 'settled', () => Promise.reject(new Error('claim lost')));
  await expect(half).rejects.toThrow('claim lost');
  gate.doubts(run.shop, 'settled');
  const partial = async (): Promise<boolean> => (await gate.read(run.shop, () => Promise.resolve())).stamp.partial;
  expect(await partial()).toBe(true);
  gate.leaves(run.shop);
  expect(await partial()).toBe(false);
});

it('says partial after a refresher that died between two tables, until another one did its step again', async () => {
  const held = store.hold((each) => each === 'INSERT agg_customer_month');
  const died = arrive(10);
  died.catch(() => undefined);
  await held.reached;
  const read = async (): Promise<boolean> => (await elsewhere(50).read(run.shop, () => Promise.resolve())).stamp.partial;
  expect(await read()).toBe(true);
  // It claims the shop, and brings its figures to the ledger's end.
  await ShopRun.open(new HeldStore(engine), 'gate', { timeZone: 'Europe/London', currency: 'GBP' });
  expect(await read()).toBe(false);
  held.release();
  await expect(died).rejects.toMatchObject({ code: 'claim-lost' });
  expect(await read()).toBe(false);
});

it('who reads ahead waits for a settling that is not of who moved the live level last: nobody knows how far that one goes', async () => {
  const watermarks = new WatermarkRepository(new HeldStore(engine));
  const { generation } = (await watermarks.read(run.shop)) ?? { generation: 0n };
  await watermarks.begin(run.shop, 'settled', generationOf(claimOf(generation) + 1));
  expect(await elsewhere(50).readAhead(run.shop, () => Promise.resolve('read'))).toBeUndefined();
});

async function ordersOf(table: string): Promise<string> {
  const [row] = await engine.query<{ orders: string }>(
    sql`SELECT sum(orders) AS orders FROM ${ident(run.shop.database, table)} FINAL WHERE dimension = 'all' AND grain = 'month'`,
  );
  return row?.orders ?? '';
}
