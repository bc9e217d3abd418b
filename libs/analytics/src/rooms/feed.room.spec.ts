import { roomQueries } from '#contracts';
import type { LiveEvent, ReadGate, Shop, ShopDirectory, Stamp } from '#warehouse';
import { expect, it } from 'vitest';
import { FeedRoom } from './feed.room.js';
import type { LiveTail } from './live-tail.js';

const shop: Shop = { shop: 'demo', database: 'shop_demo', timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' };
const stamp: Stamp = { generation: '2', clock: '2024-01-10T10:30:00.000Z', watermark: {}, partial: false };
const at = '2024-01-10 10:30:00.000';

function event(id: string, offset: string): LiveEvent {
  const times = { event_time: at, recorded_time: at, ingested_at: at };
  const order = { entity: `order-${id}`, customer: '', country: '', amount: '5.000000', units: '1' };
  return { type: 'tideline.transaction.placed.v1', event_id: id, offset, ...times, ...order };
}

it('shows an event once, where it came last, however often it was delivered; the limit counts lines', async () => {
  const events = [event('a', '5'), event('b', '4'), event('a', '3'), event('b', '2'), event('c', '1')];
  const room = new FeedRoom(
    { find: () => Promise.resolve(shop), list: () => Promise.resolve([shop]) } satisfies ShopDirectory,
    { read: async (_: Shop, work: (of: Stamp) => unknown) => ({ value: await work(stamp), stamp }) } as unknown as ReadGate,
    { at: () => Promise.resolve({ events, newestAt: 0, ordersPerRealMinute: 0 }) } as unknown as LiveTail,
  );
  const shown = async (limit: number) => (await room.read('demo', roomQueries.feed.parse({ limit }))).data.items.map(({ id }) => id);
  expect(await shown(50)).toEqual(['a', 'b', 'c']);
  expect(await shown(2)).toEqual(['a', 'b']);
  expect(await shown(3)).toEqual(['a', 'b', 'c']);
});
