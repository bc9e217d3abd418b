import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reorderOf } from './reorder.js';

it.each([
  ['whole units, rounded up: part of one is not on the shelf', 7.2, 12.01, 8, 13],
  ['nothing of what nobody wants', 0, 0, 0, 0],
  ['never less than what the lead time takes', 4, 3, 4, 4],
])('%s', (_, untilDelivered, untilNextDelivered, reorderPoint, orderUpTo) => {
  expect(reorderOf(untilDelivered, untilNextDelivered, undefined)).toEqual({ reorderPoint, orderUpTo, orderQuantity: null });
});

it.each([
  ['above the reorder point nothing', 9, 0],
  ['at it up to the level', 8, 5],
  ['without stock the whole level', 0, 13],
  ['what was sold and is not there comes on top', -4, 17],
])('orders %s', (_, stock, orderQuantity) => {
  expect(reorderOf(7.2, 12.01, stock)).toEqual({ reorderPoint: 8, orderUpTo: 13, orderQuantity });
});

it('never orders less than nothing, nothing while stock covers the lead time, and else just what fills it up', () => {
  const units = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(units, units, fc.integer({ min: -1_000_000, max: 2_000_000 }), (untilDelivered, untilNextDelivered, stock) => {
      const { reorderPoint, orderUpTo, orderQuantity } = reorderOf(untilDelivered, untilNextDelivered, stock);
      expect(Number.isInteger(orderQuantity) && orderQuantity !== null && orderQuantity >= 0).toBe(true);
      if (stock > reorderPoint) expect(orderQuantity).toBe(0);
      else expect(stock + (orderQuantity ?? NaN)).toBe(orderUpTo);
      expect(stock + (orderQuantity ?? NaN)).toBeGreaterThanOrEqual(untilDelivered);
    }),
  );
});
