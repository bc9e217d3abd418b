import { ident, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { HeldStore } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClaimRepository, fencedTables, generationOf, ShopRepository, type Shop } from './index.js';

let directory: string;
let engine: ClickHouse;
let store: HeldStore;
let shop: Shop;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-claims-'));
  engine = await openEmbedded(directory);
  store = new HeldStore(engine);
  const shops = new ShopRepository(store);
  await shops.prepareSystem();
  shop = await shops.register({ shop: 'claims', timeZone: 'UTC', currency: 'EUR', fiscalYearStart: 1, clockMode: 'data' });
  await shops.prepare(shop);
});
afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

const places = () => ident(shop.database, 'dim_geography');

it('knows every table that holds generations', async () => {
  const rows = await engine.query<{ name: string }>(sql`SELECT DISTINCT t.name AS name
FROM system.tables AS t INNER JOIN system.columns AS c ON c.database = t.database AND c.table = t.name
WHERE t.database = ${shop.database} AND c.name = 'generation' AND t.engine LIKE '%MergeTree' AND NOT startsWith(t.name, '.inner')`);
  expect(rows.map(({ name }) => name).sort()).toEqual([...fencedTables].sort());
});

it('gives no number twice, however many claim at once', async () => {
  // An engine of one's own is not fenced: that is about the numbers alone.
  const claims = Array.from({ length: 8 }, (_, index) => new ClaimRepository(engine).claim(shop, `process ${index}`));
  const numbers = (await Promise.all(claims)).map(({ number }) => number);
  expect(new Set(numbers).size).toBe(8);
});

it('waits for what an earlier claim is still writing, then refuses all of it', async () => {
  const claims = new ClaimRepository(store);
  const former = await claims.claim(shop, 'former');
  const write = (claim: number, seconds: number) =>
    store.command(
      sql`INSERT INTO ${places()} SELECT toString(number + sleepEachRow(${seconds})), '', '', ${generationOf(claim) + 2n} FROM numbers(1)`,
    );
  let written = false;
  const writing = write(former.number, 1).then(() => (written = true));
  await sleep(200);
  const next = await claims.claim(shop, 'next');
  expect(written).toBe(true);
  await writing;
  await expect(write(former.number, 0)).rejects.toMatchObject({ engineCode: 469 });
  await expect(
    store.insert(places(), ['country', 'generation'], JSON.stringify(['late', generationOf(former.number).toString()])),
  ).rejects.toMatchObject({ engineCode: 469 });
  await write(next.number, 0);
  expect(await claims.newest(shop)).toEqual({ number: next.number, claimedBy: 'next' });
});

it('is given up by one that was paused while it claimed, and those before stay refused', async () => {
  const claims = new ClaimRepository(store);
  const held = store.hold((each) => each === 'ALTER fact_sales');
  const paused = claims.claim(shop, 'paused');
  paused.catch(() => undefined);
  await held.reached;
  const newest = await new ClaimRepository(new HeldStore(engine)).claim(shop, 'newest');
  held.release();
  await expect(paused).rejects.toMatchObject({ code: 'claim-lost', message: expect.stringContaining('(newest)') as string });
  const row = (claim: number) => JSON.stringify([0, 'o', 1, generationOf(claim).toString()]);
  const insert = (claim: number) =>
    store.insert(ident(shop.database, 'fact_sales'), ['slice', 'order_id', 'line', 'generation'], row(claim));
  await expect(insert(newest.number - 2)).rejects.toMatchObject({ engineCode: 469 });
  await insert(newest.number);
});
