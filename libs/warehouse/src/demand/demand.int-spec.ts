import { openEmbedded, sql, type ClickHouse } from '#clickhouse';
import type { DemandForecastBody, DemandSeries } from '#contracts';
import { aLine, anOrder, aProduct, aReturn, aStockCount, ShopRun } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableOf } from '../shop.js';
import { demandClumpsSql, demandUnitsSql } from './demand-units.js';
import { DemandRepository, publishedInstant } from './demand.repository.js';

// Units by day as known at an instant, by hand; and forecasts kept whole, the newest counts.

let directory: string;
let clickhouse: ClickHouse;
let run: ShopRun;

const day = (date: string): number => Date.parse(date) / 86_400_000;
const line = (productId: string, quantity: number, number = 1) => aLine({ line: number, productId, quantity });
const told = (at: string) => ({ time: at, recordedtime: at });
const late = told('2024-06-20T10:00:00Z');

const messages = [
  aProduct({ productId: 'tea', name: 'Tea', category: 'drinks' }, told('2024-06-01T00:00:00Z')),
  aProduct({ productId: 'jam', category: 'food' }, told('2024-06-01T00:00:00Z')),
  anOrder({
    orderId: 'a',
    customerId: 'c1',
    orderedAt: '2024-06-03T10:00:00Z',
    lines: [line('tea', 2), line('jam', 1, 2), line('tea', 3, 3)],
  }),
  // 23:30 in UTC is the next day in London, in summer.
  anOrder({ orderId: 'b', customerId: 'c1', orderedAt: '2024-06-03T23:30:00Z', lines: [line('tea', 4)] }),
  anOrder({ orderId: 'c', customerId: null, orderedAt: '2024-06-05T10:00:00Z', lines: [line('jam', 6)] }),
  anOrder({ orderId: 'd', customerId: 'c2', orderedAt: '2024-06-05T11:00:00Z', lines: [line('tea', 7)] }),
  // A count says nothing of a category, whatever its revision.
  aStockCount({ productId: 'tea', countedAt: '2024-06-06T09:00:00Z', revision: 9 }),
  // A refund takes no unit back.
  aReturn({ returnId: 'r', orderId: 'a', customerId: 'c1', refundedAt: '2024-06-06T10:00:00Z' }),
];
/** All of it is told after the tenth: another size, a cancellation, an order nobody knew of, another category. */
const later = [
  anOrder({ orderId: 'a', revision: 2, customerId: 'c1', orderedAt: '2024-06-03T10:00:00Z', lines: [line('tea', 1)] }, late),
  anOrder(
    { orderId: 'd', revision: 2, status: 'cancelled', customerId: 'c2', orderedAt: '2024-06-05T11:00:00Z', lines: [line('tea', 7)] },
    late,
  ),
  anOrder({ orderId: 'e', customerId: 'c3', orderedAt: '2024-06-04T11:00:00Z', lines: [line('oil', 9)] }, late),
  aProduct({ productId: 'jam', revision: 2, category: 'sweets' }, late),
];

const tenth = new Date('2024-06-10T00:00:00Z');
const units = (asOf: Date): Promise<object[]> => clickhouse.query(demandUnitsSql(run.shop, asOf));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-demand-'));
  clickhouse = await openEmbedded(directory);
  run = await ShopRun.open(clickhouse, 'demand', { timeZone: 'Europe/London', currency: 'GBP' });
  await run.arrive(messages, 3);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

describe('units by day', () => {
  const known = [
    { product_id: 'jam', category: 'food', days: [day('2024-06-03'), day('2024-06-05')], units_of_days: ['1', '6'] },
    {
      product_id: 'tea',
      category: 'drinks',
      days: [day('2024-06-03'), day('2024-06-04'), day('2024-06-05')],
      units_of_days: ['5', '4', '7'],
    },
  ];

  it("are those of live orders, by the shop's days; nothing that was told later moves one", async () => {
    const numbers = async (asOf: Date): Promise<unknown> => JSON.parse(JSON.stringify(await units(asOf)).replaceAll(/"(\d+)"/g, '$1'));
    const wanted = JSON.parse(JSON.stringify(known).replaceAll(/"(\d+)"/g, '$1')) as unknown;
    expect(await numbers(tenth)).toEqual(wanted);
    await run.arrive(later, 2);
    expect(await numbers(tenth)).toEqual(wanted);
    expect(await numbers(new Date('2024-06-30T00:00:00Z'))).toEqual([
      { product_id: 'jam', category: 'sweets', days: [day('2024-06-05')], units_of_days: [6] },
      { product_id: 'oil', category: '', days: [day('2024-06-04')], units_of_days: [9] },
      { product_id: 'tea', category: 'drinks', days: [day('2024-06-03'), day('2024-06-04')], units_of_days: [1, 4] },
    ]);
    expect(await units(new Date('2024-06-03T09:00:00Z'))).toEqual([]);
  });

  it('come in clumps: what one buyer takes in a span of days', async () => {
    const [found] = await clickhouse.query<{ of_categories: number; of_products: number }>(demandClumpsSql(run.shop, tenth, 100_000));
    // c1 takes 9 tea and 1 jam, the guest 6 jam, c2 7 tea.
    const clump = (9 ** 2 + 1 + 6 ** 2 + 7 ** 2) / (9 + 1 + 6 + 7);
    expect([found?.of_categories, found?.of_products]).toEqual([clump, clump]);
    const [daily] = await clickhouse.query<{ of_products: number }>(demandClumpsSql(run.shop, tenth, 1));
    expect(daily?.of_products).toBe((5 ** 2 + 4 ** 2 + 1 + 6 ** 2 + 7 ** 2) / 23);
  });
});

describe('forecasts', () => {
  const days = Array.from({ length: 30 }, (_, at) => at + 1);
  const measures = { tests: 3, wape: 0.5, mase: 0.9, bias: -0.1, mape: null, coverage: 1, attainable: 0.4 };
  const series = (level: DemandSeries['level'], key: string, size: number): DemandSeries => ({
    ...{ level, key, class: 'smooth', method: 'blend', measures: { 7: measures, 28: measures } },
    mean: days.map((each) => each * size),
    quantiles: days.map((each) => [each * size * 0.5, each * size * 2]),
  });
  const body = (origin: string, all: DemandSeries[]): DemandForecastBody => ({
    shop: 'demand',
    origin,
    probabilities: [0.05, 0.95],
    series: all,
  });
  const at = (second: number): Date => new Date(Date.UTC(2025, 0, 1, 0, 0, second));

  it('are kept whole; the newest of the newest origin counts, and what it leaves out is gone', async () => {
    const demand = new DemandRepository(clickhouse);
    expect(await demand.newest(run.shop)).toBeUndefined();
    await demand.publish(run.shop, body('2024-06-10', [series('product', 'tea', 2), series('product', "it's", 3)]), 'ada', at(1));
    await demand.publish(run.shop, body('2024-06-09', [series('product', 'old', 9)]), 'ada', at(2));
    const first = await demand.newest(run.shop);
    expect(first).toMatchObject({ origin: '2024-06-10', probabilities: [0.05, 0.95] });
    const asked = { level: 'product', days: [7, 14] } as const;
    expect(await demand.series(run.shop, first!, asked)).toEqual([
      {
        key: "it's",
        name: '',
        class: 'smooth',
        method: 'blend',
        mean: [21, 42],
        quantiles: [
          [10.5, 42],
          [21, 84],
        ],
        measures: { 7: measures, 28: measures },
      },
      expect.objectContaining({ key: 'tea', name: 'Tea', mean: [14, 28] }),
    ]);
    expect(await demand.series(run.shop, first!, { ...asked, key: 'tea' })).toHaveLength(1);
    expect(await demand.series(run.shop, first!, { ...asked, level: 'category' })).toEqual([]);
    await demand.publish(run.shop, body('2024-06-10', [series('product', 'tea', 5)]), 'bob', at(3));
    const second = (await demand.newest(run.shop))!;
    expect(publishedInstant(second)).toEqual(at(3));
    expect((await demand.series(run.shop, second, asked)).map(({ key, mean }) => [key, mean])).toEqual([['tea', [35, 70]]]);
  });

  it('are let go of in time', async () => {
    const demand = new DemandRepository(clickhouse, 2);
    const origins = ['2024-07-01', '2024-07-03', '2024-07-02', '2024-07-03', '2024-07-04'];
    for (const [number, origin] of origins.entries()) {
      await demand.publish(run.shop, body(origin, [series('category', 'drinks', 1)]), 'ada', at(10 + number));
    }
    const kept = await clickhouse.query<{ origin: string; at: string }>(
      sql`SELECT toString(f.origin) AS origin, toString(published_at) AS at FROM ${tableOf(run.shop, 'demand_forecasts')} AS f ORDER BY origin`,
    );
    expect(kept).toEqual([
      { origin: '2024-07-03', at: '2025-01-01 00:00:13.000000' },
      { origin: '2024-07-04', at: '2025-01-01 00:00:14.000000' },
    ]);
  });
});
