import { effectAnswer } from '#contracts';
import { expect, it } from 'vitest';
import { effectLines } from './alerts-rules.command.js';

it('says of an effect that is known how much it is per customer and of all, with its interval', () => {
  const answer = effectAnswer.parse({
    ...{ shop: 'demo', rule: 'churn-high', windowDays: 90, known: true, detail: 'More was sold: with 95 % confidence ...' },
    treated: { customers: 42, closed: 40, netSales: '1200.00', mean: '30.00' },
    holdout: { customers: 36, closed: 31, netSales: '620.00', mean: '20.00' },
    perCustomer: { difference: '10.00', low: '2.50', high: '17.50' },
    total: { difference: '400.00', low: '100.00', high: '700.00' },
    ...{ asOf: '2026-06-10T23:30:00.000Z', generation: '7', watermark: {}, partial: false },
  });
  expect(effectLines(answer)).toEqual([
    'churn-high in demo, as of 2026-06-10T23:30:00.000Z: net sales in the 90 days after the first decision on a customer',
    '                       with an alert      left alone',
    'customers                         42              36',
    'days are over of                  40              31',
    'net sales of those           1200.00          620.00',
    'per customer                   30.00           20.00',
    '',
    '                          difference            from              to',
    'per customer                   10.00            2.50           17.50',
    'all with an alert             400.00          100.00          700.00',
    '',
    'More was sold: with 95 % confidence ...',
  ]);
});
