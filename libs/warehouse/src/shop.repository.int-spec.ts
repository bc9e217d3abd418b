import { ident, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClaimRepository } from './claim.repository.js';
import { ShopRepository } from './shop.repository.js';

let directory: string;
let clickhouse: ClickHouse;
let shops: ShopRepository;
const live = { shop: 'a-shop', timeZone: 'UTC', currency: 'EUR', fiscalYearStart: 4, clockMode: 'data' } as const;
const sandbox = { ...live, shop: 'again', clockMode: 'source', replayOf: 'a-shop' } as const;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-shops-'));
  clickhouse = await openEmbedded(directory);
  shops = new ShopRepository(clickhouse);
  await shops.prepareSystem();
  await shops.register(live);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

async function databases(): Promise<string[]> {
  const rows = await clickhouse.query<{ name: string }>(sql`SELECT name FROM system.databases WHERE name LIKE 'shop_%' ORDER BY name`);
  return rows.map(({ name }) => name);
}

it('keeps of a sandbox which shop it replays, and takes neither for the other', async () => {
  expect(await shops.register(sandbox)).toEqual({ ...sandbox, database: 'shop_again' });
  expect(await shops.find('again')).toEqual({ ...sandbox, database: 'shop_again' });
  expect(await shops.find('a-shop')).toEqual({ ...live, database: 'shop_a_shop' });
  await expect(shops.register({ ...live, shop: 'again', clockMode: 'source' })).rejects.toMatchObject({ code: 'shop-differs' });
  await expect(shops.register({ ...live, replayOf: 'again' })).rejects.toMatchObject({ code: 'shop-differs' });
});

it('never removes a live shop: its ledger is the only copy', async () => {
  const shop = await shops.find('a-shop');
  if (!shop) throw new Error('it is registered');
  await expect(shops.remove(shop)).rejects.toThrow(/is no sandbox/);
  expect((await shops.list()).map((each) => each.shop)).toContain('a-shop');
});

it('removes a sandbox at once, drops it when told, and gives its name to a new one of its own database and higher generations', async () => {
  const first = await shops.register(sandbox);
  await shops.prepare(first);
  const claims = new ClaimRepository(clickhouse);
  await claims.claim(first, 'spec');
  const former = await claims.claim(first, 'spec');
  expect(await databases()).toEqual(['shop_again']);

  await shops.remove(first);
  expect(await shops.find('again')).toBeUndefined();
  expect(await shops.removed()).toEqual([first]);
  await expect(shops.register(sandbox)).rejects.toMatchObject({ code: 'shop-not-ready', retryable: true });
  // What a kill leaves: another process finds it removed and drops it.
  const other = new ShopRepository(clickhouse);
  for (const each of await other.removed()) await other.drop(each);
  expect([await databases(), await other.removed()]).toEqual([[], []]);

  expect(await other.nextDatabase('again')).toBe('shop_again__2');
  const second = await other.register(sandbox);
  expect(second.database).toBe('shop_again__2');
  await other.prepare(second);
  await other.prepare(second);
  expect((await claims.claim(second, 'spec')).number).toBeGreaterThan(former.number);
  const all = await clickhouse.query(sql`SELECT claim FROM ${ident(second.database, 'claims')}`);
  expect(all.length).toBe(2);
  expect(await databases()).toEqual(['shop_again__2']);
});
