import { openEmbedded, Sql, sql, type ClickHouse } from '#clickhouse';
import { altered, anOrder, arrivals, featuresAt, messagesKnownAt, Random, rhythms, sampled, ShopRun, type TestMessage } from '#testing';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shop } from '../shop.js';
import { tableOf } from '../shop.js';
import { customerFeaturesSql, noMbg, type FeatureQuery } from './customer-features.js';
import { features } from './feature-list.js';
import { FeatureReads, mostPerChunk } from './feature.reads.js';
import { featureChunks, type FeatureChunk } from './feature-rows.js';
import { customerOrdersAfterSql, historyExtentSql } from './labels.js';

const mbg = { r: 0.83, alpha: 61.5, a: 0.71, b: 2.3 };
const { shop: settings, messages } = rhythms();
/** On, before and between what happens, and after it all. */
const instants = [
  '2024-03-05T12:00:00.249Z',
  '2024-03-05T12:00:00.250Z',
  '2024-05-15T00:00:00.000Z',
  '2024-06-10T10:00:00.000Z',
  '2024-07-05T09:59:59.999Z',
  '2024-09-01T10:00:00.000Z',
  '2024-10-10T10:01:00.000Z',
  '2024-10-10T10:03:00.000Z',
  '2025-01-20T00:00:00.000Z',
  '2026-02-01T00:00:00.000Z',
];

let directory: string;
let clickhouse: ClickHouse;
let shop: Shop;
let shops = 0;

/** A shop that got these messages, forty at a time. */
async function shopOf(all: readonly TestMessage[], batch = 40): Promise<ShopRun> {
  const run = await ShopRun.open(clickhouse, `features-${(shops += 1)}`, settings);
  await run.arrive(all, batch);
  return run;
}

const key = (chunk: FeatureChunk, row: number): [string, string] => [
  chunk.customerIds[row] ?? '',
  Buffer.from(chunk.values.slice(row * features.length, (row + 1) * features.length).buffer).toString('hex'),
];
/** Customer -> the bytes of its row. */
const bitsOf = (chunks: Iterable<FeatureChunk>): Map<string, string> =>
  new Map([...chunks].flatMap((chunk) => chunk.customerIds.map((_, row) => key(chunk, row))).sort(([a], [b]) => (a < b ? -1 : 1)));
const bits = async (of: Shop, query: Partial<FeatureQuery> & { asOf: Date }): Promise<Map<string, string>> =>
  bitsOf(featureChunks(await clickhouse.queryBinary(customerFeaturesSql(of, { mbg, ...query })), 7));
const collected = async (chunks: AsyncIterable<FeatureChunk>): Promise<FeatureChunk[]> => {
  const all: FeatureChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-features-'));
  clickhouse = await openEmbedded(directory);
  shop = (await shopOf(messages)).shop;
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

describe('every feature of every customer', () => {
  it.each(instants)('equals plain arithmetic over what was known at %s', async (instant) => {
    const rows = await clickhouse.query<Record<string, string | number | null>>(
      customerFeaturesSql(shop, { asOf: new Date(instant), mbg }),
    );
    const expected = featuresAt(messages, settings, Date.parse(instant), mbg);
    expect(rows.map((row) => row['customer_id']).sort()).toEqual([...expected.keys()].sort());
    for (const row of rows) {
      const plain = expected.get(String(row['customer_id'])) ?? {};
      expect(Object.keys(row)).toEqual(['customer_id', ...Object.keys(plain)]);
      for (const { name } of features) {
        // JSON has no NaN.
        const [is, should] = [row[name] === null ? NaN : Number(row[name]), plain[name] ?? Infinity];
        const close = Number.isNaN(should) ? Number.isNaN(is) : Math.abs(is - should) <= 2e-7 * Math.max(1, Math.abs(should));
        expect(close, `${String(row['customer_id'])}.${name}: ${is}, should be ${should}`).toBe(true);
      }
    }
  });

  it('is NaN where it is not defined, and only there', async () => {
    const rows = await clickhouse.query<Record<string, unknown>>(
      customerFeaturesSql(shop, { asOf: new Date('2025-01-20T00:00:00Z'), mbg: noMbg }),
    );
    const undefinedOf = (customer: string): string[] =>
      features.map(({ name }) => name).filter((name) => rows.find((row) => row['customer_id'] === customer)?.[name] === null);
    const gaps = ['gap_mean', 'gap_std', 'gap_max', 'gap_last', 'gap_ewma', 'recency_per_mean', 'recency_per_ewma', 'recency_per_max'];
    const rhythm = [...gaps, 'recency_z', 'gap_cv', 'gap_trend'];
    expect(undefinedOf('once')).toEqual([...rhythm, 'mbg_logit']);
    expect(undefinedOf('evening')).toEqual([...rhythm, 'return_recency', 'mbg_logit']);
    expect(undefinedOf('nameless')).toEqual(['return_recency', 'bought_before', 'mbg_logit']);
    expect(undefinedOf('returner')).toEqual(['mbg_logit']);
  });
});

describe('what comes after the instant', () => {
  it.each(sampled(instants, 3))('changes no bit: %s', async (instant) => {
    const asOf = new Date(instant);
    const known = messagesKnownAt(messages, settings, asOf.getTime());
    const stopped = (await shopOf(known)).shop;
    const rows = await bits(shop, { asOf });
    expect(rows.size).toBeGreaterThan(0);
    expect(known.length < messages.length || instant === instants.at(-1)).toBe(true);
    expect(await bits(stopped, { asOf })).toEqual(rows);
    // What the scorer read of its facts at that instant is what the trainer reads of the ledger ever after.
    expect(await bits(stopped, { asOf, source: 'facts' })).toEqual(rows);
    // Chosen customers too, where former places of their orders stand beside the present ones.
    const customers = { ids: [...rows.keys()] };
    expect(await bits(stopped, { asOf, source: 'facts', customers })).toEqual(rows);
    expect(await bits(shop, { asOf, customers })).toEqual(rows);
  });

  it('changes no bit either where it corrects everything, by arrival or by event', async () => {
    const asOf = new Date('2024-09-01T10:00:00.000Z');
    const known = messagesKnownAt(messages, settings, asOf.getTime());
    const later = known.flatMap((message, index) =>
      (['arrival', 'event'] as const).map((by) =>
        altered(message, (event) => {
          event['id'] = `later-${by}-${index}`;
          event['time'] = by === 'event' ? '2024-09-01T10:00:00.001Z' : event['time'];
          event['recordedtime'] = by === 'event' ? '2024-09-01T10:00:00.000Z' : '2024-09-01T10:00:00.001Z';
          Object.assign(event.data, { revision: by === 'event' ? 98 : 99, customerId: `other-${index}` });
          if ('orderedAt' in event.data) Object.assign(event.data, { orderedAt: '2023-06-01T10:00:00.000Z' });
          else if (index % 2 === 0) Object.assign(event.data, { orderId: 'a1' });
        }),
      ),
    );
    const corrected = await shopOf([...known, ...later]);
    const rows = await bits(shop, { asOf });
    expect(await bits(corrected.shop, { asOf })).toEqual(rows);
    expect(await bits(corrected.shop, { asOf: new Date('2024-09-01T10:00:00.001Z') })).not.toEqual(rows);
  });
});

describe('the same customer', () => {
  it('has the same bits asked alone, in a chunk, in a sweep, from other parts, by more threads, and by the trainer', async () => {
    const random = new Random(7);
    const orders = Array.from({ length: 5_000 }, (_, index) =>
      anOrder({
        orderId: `x${index}`,
        customerId: `c${index < 2_200 ? index : random.whole(0, 2_199)}`,
        currency: 'USD',
        orderedAt: new Date(Date.UTC(2024, 0, 1) + random.whole(0, 700 * 86_400_000)).toISOString(),
        lines: Array.from({ length: random.whole(1, 3) }, (__, line) => ({
          line: line + 1,
          productId: `p${random.whole(1, 40)}`,
          quantity: random.whole(1, 4),
          unitPrice: `${random.whole(0, 99)}.${random.whole(100, 999)}`,
        })),
      }),
    );
    const run = await shopOf(orders, 700);
    const other = await shopOf(arrivals(3, orders, { shuffle: true, duplicate: 0.05 }), 3_000);
    const moment = { asOf: new Date('2026-01-01T00:00:00Z'), mbg };
    const reads = new FeatureReads(clickhouse);
    const chunks = await collected(reads.sweep(run.shop, moment));
    const sweep = bitsOf(chunks);
    expect(sweep.size).toBeGreaterThan(mostPerChunk);
    expect(chunks.map(({ customerIds }) => customerIds.length)).toEqual([mostPerChunk, sweep.size - mostPerChunk]);

    const ids = [...sweep.keys()];
    expect(bitsOf(await collected(reads.touched(run.shop, { ids: [...ids, 'nobody'] }, moment)))).toEqual(sweep);
    for (const id of random.shuffled(ids).slice(0, 25)) {
      expect(bitsOf(await collected(reads.touched(run.shop, { ids: [id] }, moment))).get(id), id).toBe(sweep.get(id));
    }
    const keys = await clickhouse.query<{ k: number }>(
      sql`SELECT customer_key AS k FROM ${tableOf(run.shop, 'dim_customer_keys')} ORDER BY k LIMIT 333`,
    );
    const some = bitsOf(await collected(reads.touched(run.shop, { keys: keys.map(({ k }) => k) }, moment)));
    expect(some.size).toBe(333);
    for (const [id, row] of some) expect(row, id).toBe(sweep.get(id));

    expect(bitsOf(await collected(reads.past(run.shop, moment)))).toEqual(sweep);
    expect(bitsOf(await collected(new FeatureReads(clickhouse, 'refresher').past(other.shop, moment)))).toEqual(sweep);
    expect(bitsOf(await collected(new FeatureReads(clickhouse, 'refresher').sweep(other.shop, moment)))).toEqual(sweep);
    for (const table of ['facts_by_customer', 'ledger_transactions']) {
      await clickhouse.command(sql`OPTIMIZE TABLE ${tableOf(run.shop, table)} FINAL`);
    }
    expect(bitsOf(await collected(reads.sweep(run.shop, moment)))).toEqual(sweep);
    expect(bitsOf(await collected(reads.past(run.shop, moment)))).toEqual(sweep);

    const values = { database: run.shop.database, time_zone: settings.timeZone, as_of: '2026-01-01 00:00:00.000' };
    const template = await readFile(join(import.meta.dirname, '../../../../apps/trainer/tideline_trainer/features.sql'), 'utf8');
    const filled = Object.entries({ ...values, mbg_r: mbg.r, mbg_alpha: mbg.alpha, mbg_a: mbg.a, mbg_b: mbg.b }).reduce(
      (text, [name, value]) => text.replaceAll(`{${name}}`, String(value)),
      template,
    );
    expect(bitsOf(featureChunks(await clickhouse.queryBinary(new Sql(filled)), 100))).toEqual(sweep);
  });
});

describe('labels', () => {
  it('are the orders after the instant as finally known, and the history has its ends', async () => {
    const rows = await clickhouse.query<{ customer_id: string; orders: string; net: string }>(
      customerOrdersAfterSql(shop, new Date('2024-05-10T23:30:00Z'), 30),
    );
    expect(rows.sort((x, y) => (x.customer_id < y.customer_id ? -1 : 1))).toEqual([
      // The order at the instant itself is before it. The refund of `j2` came after the thirty days.
      { customer_id: 'backwards', orders: '1', net: '9.5' },
      { customer_id: 'evening', orders: '1', net: '12.5' },
      { customer_id: 'gifted', orders: '1', net: '0' },
      { customer_id: 'midnight', orders: '2', net: '25' },
      { customer_id: 'monthly', orders: '1', net: '47.97' },
      { customer_id: 'moved', orders: '1', net: '12.5' },
    ]);
    expect(await clickhouse.query(historyExtentSql(shop))).toEqual([
      {
        first_order: '2023-12-31 23:59:59.999',
        last_order: '2025-11-30 10:00:00.000',
        customers: '21',
        last_arrival: '2025-11-30 10:00:00.000',
        clock: '2025-11-30 10:00:00.000',
      },
    ]);
  });
});
