import { openEmbedded, sql, type ClickHouse, type Sql } from '#clickhouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ShopRepository } from '../shop.repository.js';
import { tableOf, type Shop } from '../shop.js';
import { DeliveryRepository, type StandingDelivery } from './delivery.repository.js';
import { alertStepsSql, deliveryBodiesSql, deliveryPlacesSql, deliveryStepsSql } from './delivery.sql.js';

// What the outbox asks twice a second must not read a table that only grows.

const rows = 200_000;
const now = Date.now();
let directory: string;
let clickhouse: ClickHouse;
let shop: Shop;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-delivery-keys-'));
  clickhouse = await openEmbedded(directory);
  const shops = new ShopRepository(clickhouse);
  await shops.prepareSystem();
  shop = await shops.register({ shop: 'keys', timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'wall' });
  await shops.prepare(shop);
  await clickhouse.command(sql`INSERT INTO ${tableOf(shop, 'alert_log')} (kind, partition, epoch, offset, step, what, written_at)
SELECT if(number % 8 < 4, 'alert', 'customer'), number % 4, 1, intDiv(number, 8), 0, 'opened', ${new Date(now)} FROM numbers(${rows})`);
  await clickhouse.command(sql`INSERT INTO ${tableOf(shop, 'delivery_log')} (kind, at, id, turn, what, state, channel, created_at, body)
SELECT 'delivery', ${new Date(now - rows * 1_000)} + toIntervalSecond(number), toString(number), 0, 'created', 'waiting', 'crm', ${new Date(now)}, '{}' FROM numbers(${rows})`);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

/** How many of a table's granules a statement reads. */
async function granules(statement: Sql): Promise<{ read: number; of: number }> {
  const lines = await clickhouse.query<{ explain: string }>(sql`EXPLAIN indexes = 1 ${statement}`);
  const found = lines.flatMap(({ explain }) => /Granules: (\d+)\/(\d+)/.exec(explain) ?? []).map(Number);
  const [, read = NaN, of = NaN] = found;
  return { read, of };
}

describe('reads by the key', () => {
  const places = [0, 1, 2, 3].map((partition) => ({ partition, epoch: 1, offset: BigInt(rows / 8 - 10), step: 0 }));
  it.each([
    ['steps of alerts behind the places', () => alertStepsSql(shop, places, 500)],
    ['steps of deliveries since a moment ago', () => deliveryStepsSql(shop, new Date(now - 15_000))],
    ['texts by when they were put in', () => deliveryBodiesSql(shop, ['199000'], [new Date(now - 1_000_000)])],
    ['places', () => deliveryPlacesSql(shop)],
  ])('%s', async (_what, statement) => {
    const { read, of } = await granules(statement());
    expect(of).toBeGreaterThan(20);
    expect(read).toBeLessThanOrEqual(8);
  });

  it('finds what lies behind the places, and of a partition without one everything', async () => {
    const steps = await new DeliveryRepository(clickhouse).alertSteps(shop, places.slice(0, 3), 20);
    const offsets = (partition: number): number[] =>
      steps.filter((each) => each.partition === partition).map(({ offset }) => Number(offset));
    expect(offsets(1)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((each) => rows / 8 - 10 + each));
    expect(offsets(3)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });
});

it('what waits is read of each channel, however much another one has', async () => {
  const outbox = new DeliveryRepository(clickhouse);
  const [one] = await outbox.page(shop, { id: '7' }, 1);
  await outbox.append(shop, [{ ...(one as StandingDelivery), id: 'late', channel: 'other', nextAt: now + 1_000, body: '{}' }]);
  const waiting = await outbox.waiting(shop, 3);
  expect(waiting.map(({ channel }) => channel).sort()).toEqual(['crm', 'crm', 'crm', 'other']);
});

it('a delivery is forgotten whole, 400 days after it was put in; a place is kept, and is one row per partition', async () => {
  const outbox = new DeliveryRepository(clickhouse);
  const aDay = 86_400_000;
  const [one] = await outbox.page(shop, { id: '7' }, 1);
  const old = { ...(one as StandingDelivery), id: 'old', createdAt: Date.now() - 401 * aDay, body: '{}' };
  const young = { ...old, id: 'young', createdAt: Date.now() - 399 * aDay };
  for (let offset = 1n; offset <= 3n; offset += 1n) {
    await outbox.append(shop, [], [{ partition: 0, epoch: 1, offset, step: 0 }]);
  }
  await outbox.append(shop, [old, { ...old, turn: 1, at: Date.now(), what: 'delivered', state: 'delivered' }, young], []);
  await clickhouse.command(sql`OPTIMIZE TABLE ${tableOf(shop, 'delivery_log')} FINAL`);
  expect(await outbox.log(shop, 'old')).toEqual([]);
  expect(await outbox.log(shop, 'young')).toHaveLength(1);
  expect(await outbox.places(shop)).toEqual([{ partition: 0, epoch: 1, offset: 3n, step: 0 }]);
  const [count] = await clickhouse.query<{ places: string }>(
    sql`SELECT count() AS places FROM ${tableOf(shop, 'delivery_log')} WHERE kind = 'place'`,
  );
  expect(Number(count?.places)).toBe(1);
});
