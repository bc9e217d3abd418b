import { shopSettings } from '#contracts';
import type { Principal } from '#http';
import type { ShopRepository } from '#warehouse';
import type { Request } from 'express';
import { expect, it } from 'vitest';
import { PipelineController } from './pipeline.controller.js';

it('takes no shop with a time zone that the engine does not know by that spelling: its id would be taken', async () => {
  const registered: unknown[] = [];
  const shops = { register: (shop: object) => Promise.resolve((registered.push(shop), { ...shop, database: 'shop_demo' })) };
  const controller = new PipelineController(
    shops as unknown as ShopRepository,
    { pipeline: () => undefined } as never,
    undefined as never,
    undefined as never,
    undefined as never,
    { info: () => undefined } as never,
  );
  const request = { principal: { name: 'ann', role: 'engineer' } satisfies Principal } as unknown as Request;
  const put = (timeZone: string) =>
    controller.register({ shop: 'demo' }, shopSettings.parse({ timeZone, currency: 'GBP' }), request).then(({ timeZone: taken }) => taken);
  for (const [given, right] of [
    ['utc', 'write UTC'],
    ['europe/london', 'write Europe/London'],
    ['Mars/Olympus', 'such as'],
  ] as const) {
    await expect(put(given)).rejects.toMatchObject({ code: 'time-zone-unknown', message: expect.stringContaining(right) as string });
  }
  expect(registered).toEqual([]);
  expect(await put('Europe/London')).toBe('Europe/London');
});
