import { expect, it } from 'vitest';
import type { Addition } from './headline.js';
import { HeadlineTail } from './headline-tail.js';

const order = (orders: number): Addition => ({
  ...{ grain: 'day', start: 0, gross: '1', discounts: '0', units: '1', customerKeys: [1] },
  orders,
});

it('tells what came since a generation, as long as steps only added', () => {
  const tail = new HeadlineTail();
  tail.add(2n, undefined);
  tail.add(4n, [order(1)]);
  tail.add(6n, []);
  tail.add(8n, [order(2), order(3)]);
  expect(tail.since(8n)).toEqual([]);
  expect(tail.since(6n)).toEqual([order(2), order(3)]);
  expect(tail.since(2n)).toEqual([order(1), order(2), order(3)]);
  expect(tail.since(5n)).toBeUndefined();
  tail.add(10n, undefined);
  expect(tail.since(8n)).toBeUndefined();
  expect(tail.since(10n)).toEqual([]);
});

it('knows nothing before it was told where the level stands, and forgets what is old', () => {
  const tail = new HeadlineTail();
  expect(tail.since(0n)).toBeUndefined();
  tail.add(2n, [order(1)]);
  expect(tail.since(0n)).toBeUndefined();
  for (let generation = 4n; generation <= 400n; generation += 2n) tail.add(generation, [order(1)]);
  expect(tail.since(2n)).toBeUndefined();
  expect(tail.since(300n)?.length).toBe(50);
});
