import { openEmbedded, type ClickHouse } from '#clickhouse';
import { demandForecastBody, demandQuery, reorderQuery, type DemandSeries } from '#contracts';
import { aLine, anOrder, aProduct, aStockCount, ShopRun } from '#testing';
import { DemandRepository, ShopGate, StockReads, WatermarkRepository, type ShopDirectory } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DemandService, type DemandParts } from './demand.service.js';

// What is answered of a forecast, on the real engine.

let directory: string;
let clickhouse: ClickHouse;
let parts: DemandParts;
let service: DemandService;

const probabilities = [0.05, 0.5, 0.95];
const measures = { tests: 9, wape: 0.2, mase: 0.8, bias: 0, mape: null, coverage: 0.9, attainable: 0.1 };
const series = (key: string, daily: number): DemandSeries => ({
  ...{ level: 'product', key, class: 'lumpy', method: 'theta' },
  mean: Array.from({ length: 30 }, (_, at) => (at + 1) * daily),
  quantiles: Array.from({ length: 30 }, (_, at) => [0, (at + 1) * daily, (at + 1) * daily + 2.5]),
  measures: { 7: { ...measures, wape: 0.4 }, 28: measures },
});
const body = { shop: 'sells', origin: '2024-06-09', probabilities, series: [series('tea', 1), series('jam', 2)] };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-forecasts-'));
  clickhouse = await openEmbedded(directory);
  const run = await ShopRun.open(clickhouse, 'sells', { timeZone: 'Europe/London', currency: 'GBP' });
  await run.arrive(
    [
      aStockCount({ productId: 'jam', countedAt: '2024-06-10T18:00:00Z', units: 12 }),
      aProduct({ productId: 'jam', name: 'Jam' }, { time: '2024-06-10T19:00:00Z' }),
      // 23:30 in UTC is the eleventh in London.
      anOrder({ orderedAt: '2024-06-10T23:30:00Z', lines: [aLine({ productId: 'jam', quantity: 4 })] }),
    ],
    1,
  );
  const shops = { list: () => Promise.resolve([run.shop]), find: () => Promise.resolve(run.shop) } as unknown as ShopDirectory;
  const watermarks = new WatermarkRepository(clickhouse);
  parts = {
    ...{ shops, watermarks, gate: new ShopGate(watermarks) },
    ...{ demand: new DemandRepository(clickhouse), stock: new StockReads(clickhouse) },
  };
  service = new DemandService(parts);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

it('says how to make one where there is none', async () => {
  expect(await service.forecast('sells', demandQuery.parse({}))).toMatchObject({
    ...{ origin: null, today: '2024-06-11', series: [] },
    words: 'sells has no forecast yet. Make one: npm run train -- --shop sells --kind demand, or with --follow one each day.',
  });
  expect(await service.reorder('sells', reorderQuery.parse({}))).toMatchObject({ origin: null, products: [] });
});

it('answers sums with their interval, the largest first, and says how old they are', async () => {
  expect(await service.publish('sells', demandForecastBody.parse(body), 'ada')).toEqual({
    ...{ shop: 'sells', origin: '2024-06-09', categories: 0, products: 2 },
  });
  const answer = await service.forecast('sells', demandQuery.parse({ level: 'product', days: '14' }));
  expect(answer).toMatchObject({ origin: '2024-06-09', today: '2024-06-11' });
  expect(answer.words).toMatch(/^The forecast was made 2 days ago/);
  expect(
    answer.series.map(({ key, name, mean, low, high, course, measures: { wape } }) => [key, name, mean, low, high, course, wape]),
  ).toEqual([
    ['jam', 'Jam', 28, 0, 30.5, null, 0.4],
    ['tea', null, 14, 0, 16.5, null, 0.4],
  ]);
  const [tea] = (await service.forecast('sells', demandQuery.parse({ level: 'product', key: 'tea' }))).series;
  expect([tea?.mean, tea?.measures.wape, tea?.course?.length]).toEqual([28, 0.2, 28]);
  expect(tea?.course?.[27]).toEqual({ date: '2024-07-06', mean: 28, low: 0, high: 30.5 });
});

it('says when to order and how much, nothing of what was not counted, and refuses what no forecast can tell', async () => {
  const { products, asOf } = await service.reorder('sells', reorderQuery.parse({ leadDays: '3', reviewDays: '4' }));
  const unknown = { stock: null, countedAt: null, orderQuantity: null };
  expect(products).toEqual([
    {
      ...{ productId: 'jam', name: 'Jam', method: 'theta', reorderPoint: 9, orderUpTo: 17 },
      ...{ stock: 8, countedAt: '2024-06-10T18:00:00.000Z', orderQuantity: 9 },
    },
    { productId: 'tea', name: null, method: 'theta', reorderPoint: 6, orderUpTo: 10, ...unknown },
  ]);
  expect(asOf).toBe('2024-06-10T23:30:00.000Z');
  expect(reorderQuery.safeParse({ leadDays: '20', reviewDays: '11' }).error?.issues[0]?.message).toContain('at most 30');
  expect(reorderQuery.safeParse({ serviceLevel: '0.94' }).error?.issues[0]?.message).toContain('must be one of 0.5');
  await expect(service.reorder('sells', reorderQuery.parse({ serviceLevel: '0.99' }))).rejects.toMatchObject({ code: 'forecast-without' });
  await expect(service.forecast('sells', demandQuery.parse({ key: 'oil' }))).rejects.toMatchObject({ code: 'series-unknown' });
  await expect(service.publish('sells', { ...demandForecastBody.parse(body), shop: 'other' }, 'ada')).rejects.toMatchObject({
    code: 'forecast-other-shop',
  });
});

it('takes no forecast whose numbers do not belong together', () => {
  const wrong = (change: object): string | undefined => demandForecastBody.safeParse({ ...body, ...change }).error?.issues[0]?.message;
  expect(wrong({ probabilities: [0.5, 0.05, 0.95] })).toBe('must ascend');
  expect(wrong({ probabilities: [0.05, 0.95] })).toBe('must hold 2 numbers a day');
  expect(wrong({ series: [{ ...series('tea', 1), mean: [1] }] })).toContain('30');
});

it('takes no forecast from a day on that has not begun in the shop: it would hide those of all days until then', async () => {
  const from = (origin: string) => demandForecastBody.parse({ ...body, origin });
  await expect(service.publish('sells', from('2024-06-12'), 'ada')).rejects.toMatchObject({
    code: 'forecast-ahead',
    message: expect.stringMatching(/^This forecast begins on 2024-06-12, and in sells it is 2024-06-11:/) as string,
  });
  const timeless = new DemandService({ ...parts, watermarks: { read: () => Promise.resolve(undefined) } });
  await expect(timeless.publish('sells', from('2024-06-11'), 'ada')).rejects.toMatchObject({
    code: 'forecast-ahead',
    message: expect.stringContaining('sells has no time yet') as string,
  });
  // The tenth in UTC.
  await service.publish('sells', from('2024-06-11'), 'ada');
  expect(await service.forecast('sells', demandQuery.parse({}))).toMatchObject({ origin: '2024-06-11', words: null });
});
