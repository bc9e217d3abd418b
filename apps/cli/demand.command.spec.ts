import { reorderAnswer } from '#contracts';
import { expect, it } from 'vitest';
import { reorderLines } from './demand.command.js';

it('says what to order, and a dash where nobody counted', () => {
  const of = { name: null, method: 'theta', reorderPoint: 9, orderUpTo: 17 } as const;
  const answer = reorderAnswer.parse({
    ...{ shop: 'sells', origin: '2024-06-09', leadDays: 3, reviewDays: 4, serviceLevel: 0.95, words: 'The forecast was made 2 days ago.' },
    ...{ asOf: '2024-06-10T23:30:00.000Z', generation: '7', watermark: {}, partial: false },
    products: [
      { ...of, productId: 'jam', stock: 8, countedAt: '2024-06-10T18:00:00.000Z', orderQuantity: 9 },
      { ...of, productId: 'tea', stock: null, countedAt: null, orderQuantity: null },
    ],
  });
  expect(reorderLines(answer)).toEqual([
    'The forecast was made 2 days ago.',
    'sells: lead time 3 days, review every 4, service level 0.95, forecast from 2024-06-09',
    'product                    stock    order at order up to   order now',
    'jam                            8           9          17           9',
    'tea                            –           9          17           –',
  ]);
});
