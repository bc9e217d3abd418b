import { expect, it } from 'vitest';
import { reorderOf } from './reorder.js';

it.each([
  ['whole units, rounded up: part of one is not on the shelf', 7.2, 12.01, 8, 13],
  ['nothing of what nobody wants', 0, 0, 0, 0],
  ['never less than what the lead time takes', 4, 3, 4, 4],
])('%s', (_, untilDelivered, untilNextDelivered, reorderPoint, orderUpTo) => {
  expect(reorderOf(untilDelivered, untilNextDelivered)).toEqual({ reorderPoint, orderUpTo });
});
