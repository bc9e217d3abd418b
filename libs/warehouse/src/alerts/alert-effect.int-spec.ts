import { ident, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ShopRepository } from '../shop.repository.js';
import type { Shop } from '../shop.js';
import type { Position } from '../positions.js';
import { AlertBacktestReads } from './alert-backtest.reads.js';
import { AlertEffectReads } from './alert-effect.reads.js';
import { AlertLogRepository } from './alert-log.repository.js';
import type { AlertLogRow } from './alert-log.js';

// Windows and groups on the real engine, against sums made by hand.

let directory: string;
let clickhouse: ClickHouse;
let shop: Shop;
const dayMs = 86_400_000;
const start = Date.parse('2026-01-01T00:00:00Z');

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-effect-'));
  clickhouse = await openEmbedded(directory);
  const shops = new ShopRepository(clickhouse);
  await shops.prepareSystem();
  shop = await shops.register({ shop: 'effect', timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' });
  await shops.prepare(shop);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

let offset = 0n;
function decided(customerId: string, day: number, held: boolean, rule = 'churn-high'): AlertLogRow {
  const at = start + day * dayMs;
  const place = { partition: 0, epoch: 1, offset: (offset += 1n), step: 0 };
  const about = { at, day: new Date(at).toISOString().slice(0, 10), customerId, alertId: held ? '' : `a${offset}`, rule, ruleRevision: 1 };
  const rest = { by: '', assignee: '', detail: '', probability: 0.8, netValue: '1', eventId: '', body: '{}', sent: 0n };
  return held
    ? { kind: 'suppressed', state: '', what: 'holdout', ...place, ...about, ...rest }
    : { kind: 'alert', state: 'open', what: 'opened', ...place, ...about, ...rest };
}

/** Sales and refunds of customers: key, days after the start, gross, discount, refund. */
async function facts(
  rows: readonly (readonly [key: number, day: number, gross: string, discount: string, refund: string])[],
): Promise<void> {
  const columns = ['month', 'customer_key', 'kind', 'document_id', 'line', 'at', 'gross', 'discount', 'refund', 'generation'];
  const lines = rows.map(([key, day, gross, discount, refund], index) => {
    const at = new Date(start + day * dayMs).toISOString();
    const kind = refund === '0' ? 'sale' : 'return';
    return JSON.stringify([
      `${at.slice(0, 7)}-01`,
      key,
      kind,
      `d${index}`,
      1,
      at.slice(0, 23).replace('T', ' '),
      gross,
      discount,
      refund,
      1,
    ]);
  });
  await clickhouse.insert(ident(shop.database, 'facts_by_customer'), columns, lines.join('\n'));
}

it('counts each customer once, with what was sold in the window after the first decision', async () => {
  for (const [index, id] of ['ann', 'bob', 'cid', 'dan', 'eve'].entries())
    await clickhouse.command(
      sql`INSERT INTO ${ident(shop.database, 'dim_customer_keys')} (customer_id, customer_key) VALUES (${id}, ${index})`,
    );
  await new AlertLogRepository(clickhouse).append(
    shop,
    [
      decided('ann', 10, false),
      // Her second alert lies in the window of the first.
      decided('ann', 50, false),
      decided('bob', 10, false),
      decided('cid', 10, true),
      decided('dan', 10, true),
      // Not over by the clock, and another rule's.
      decided('eve', 11, false),
      decided('dan', 1, false, 'other'),
      // Nobody has heard of an order of his.
      decided('fay', 9, false),
    ],
    new Date(),
  );
  await facts([
    // At the decision itself, and after the window: neither counts.
    [0, 10, '1000', '0', '0'],
    [0, 100.001, '1000', '0', '0'],
    [0, 10.001, '20', '1.5', '0'],
    [0, 60, '30.25', '0', '0'],
    [0, 100, '0', '0', '5.000001'],
    [2, 20, '7', '0', '0'],
    [3, 9, '500', '0', '0'],
    [4, 20, '900', '0', '0'],
  ]);
  const clock = new Date(start + 100 * dayMs);
  const { treated, holdout } = await new AlertEffectReads(clickhouse).groups(shop, 'churn-high', 90, clock);
  // Ann 20 - 1.5 + 30.25 - 5.000001, bob and fay nothing; cid 7, dan nothing.
  expect(treated).toMatchObject({ customers: 4, closed: 3, netSales: '43.749999' });
  expect(treated.mean).toBeCloseTo(43.749999 / 3, 6);
  expect(treated.variance).toBeCloseTo(((43.749999 * 2) / 3) ** 2 / 2 + (43.749999 / 3) ** 2, 4);
  expect(holdout).toMatchObject({ customers: 2, closed: 2, netSales: '7', mean: 3.5, variance: 24.5 });
  // Before any window is over there are no means.
  const early = await new AlertEffectReads(clickhouse).groups(shop, 'churn-high', 90, new Date(start + 98 * dayMs));
  expect(early.holdout).toMatchObject({ customers: 2, closed: 0, netSales: '0', mean: Number.NaN });
});

it('knows whether something new was told of a stretch: an import of it was, an event after it was not, another ledger was', async () => {
  const reads = new AlertBacktestReads(clickhouse);
  const until = new Date(start + 10 * dayMs);
  const tell = async (table: string, offset_: number, day: number): Promise<void> => {
    await clickhouse.command(sql`INSERT INTO ${ident(shop.database, table)} (partition, epoch, offset, verdict, recorded_time, event_time)
VALUES (0, 1, ${offset_}, 'accepted', ${new Date(start + day * dayMs)}, ${new Date(start + day * dayMs)})`);
  };
  const at = (orders: bigint, customers: bigint): Position[] => [
    { topic: 'transactions.v1', partition: 0, epoch: 1, next: orders },
    { topic: 'customers.v1', partition: 0, epoch: 1, next: customers },
  ];
  for (const offset_ of [0, 1, 2]) await tell('ledger_transactions', offset_, offset_);
  await tell('ledger_customers', 0, 1);
  expect(await reads.isToldSince(shop, at(3n, 1n), until)).toBe(false);
  await tell('ledger_transactions', 3, 11);
  expect(await reads.isToldSince(shop, at(3n, 1n), until)).toBe(false);
  await tell('ledger_customers', 1, 9);
  expect(await reads.isToldSince(shop, at(3n, 1n), until)).toBe(true);
  expect(await reads.isToldSince(shop, at(3n, 2n), until)).toBe(false);
  await tell('ledger_transactions', 4, 10);
  expect(await reads.isToldSince(shop, at(3n, 2n), until)).toBe(true);
  expect(await reads.isToldSince(shop, at(9n, 2n), until)).toBe(true);
});
