import { silent } from '#testing';
import type { Shop } from '#warehouse';
import { expect, it } from 'vitest';
import { ShopWakes } from './shop-wakes.js';

const shop: Shop = { shop: 's', database: 'shop_s', timeZone: 'UTC', currency: 'EUR', fiscalYearStart: 1, clockMode: 'source' };
/** In the process that moves the figures nothing is subscribed to. */
const wakes = (): ShopWakes =>
  new ShopWakes(shop, { owns: () => true }, { consume: () => Promise.reject(new Error('nobody asks for it')) }, silent);

async function waited(work: Promise<void>): Promise<number> {
  const begun = performance.now();
  await work;
  return performance.now() - begun;
}

it('looks at a hint, at once if it came before, and without one within a second', async () => {
  const one = wakes();
  one.wake();
  expect(await waited(one.next())).toBeLessThan(200);
  const waiting = waited(one.next());
  setTimeout(() => one.wake(), 50);
  expect(await waiting).toBeLessThan(800);
  // Every hint is lost.
  const lost = await waited(one.next());
  expect([lost > 900, lost < 2_500]).toEqual([true, true]);
  await one.stop();
});
