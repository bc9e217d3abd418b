import { roomQueries } from '#contracts';
import type { ReadGate, Shop, ShopDirectory, Stamp } from '#warehouse';
import { expect, it } from 'vitest';
import type { KpiService } from '../kpi.service.js';
import { SeriesRoom } from './series.room.js';

const shop: Shop = { shop: 'demo', database: 'shop_demo', timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' };
const stamp: Stamp = { generation: '2', clock: '2024-01-10T10:30:00.000Z', watermark: {}, partial: false };

function point(hour: string, held: { orders?: number; grossSales?: string; returns?: string } = {}) {
  return { bucket: `2024-01-10T${hour}:00:00.000Z`, orders: 0, grossSales: '0.00', discounts: '0.00', returns: '0.00', ...held };
}

it('shows no bucket that has not begun, but what the tiles count already: an order or a refund a moment ahead of the clock', async () => {
  const points = [
    point('09'),
    point('10', { orders: 1, grossSales: '5.00' }),
    point('11', { returns: '4.00' }),
    point('12'),
    point('13', { orders: 1 }),
    point('14'),
  ];
  const room = new SeriesRoom(
    { find: () => Promise.resolve(shop), list: () => Promise.resolve([shop]) } satisfies ShopDirectory,
    { series: () => Promise.resolve({ ...stamp, asOf: stamp.clock, points }) } as unknown as KpiService,
    { read: async (_: Shop, work: (of: Stamp) => unknown) => ({ value: await work(stamp), stamp }) } as unknown as ReadGate,
  );
  const shown = async (period: string) =>
    (await room.read('demo', roomQueries.series.parse({ period }))).data.points.map(({ bucket }) => bucket.slice(11, 13));
  expect(await shown('today')).toEqual(['09', '10', '11', '13']);
  expect(await shown('custom')).toHaveLength(6);
});
