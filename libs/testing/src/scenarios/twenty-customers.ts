import { aCampaign, aCampaignDay, aCustomer, aLine, anOrder, aProduct, aReturn, aReturnLine, aTick } from '../builders/index.js';
import type { Scenario } from './scenario.js';

/**
 * A small shop in London, January to April 2024: twenty customers, two guests, three products, one campaign. Amounts are such
 * that every figure can be computed by hand; the spec does so.
 */
export function twentyCustomers(): Scenario {
  const on = (day: string): string => `2024-${day}T12:00:00Z`;
  const price = { tea: '10.00', mug: '5.00', lamp: '20.00' };
  const goods = (product: keyof typeof price, quantity: number, line = 1) =>
    aLine({ line, productId: product, quantity, unitPrice: price[product] });
  const order: typeof anOrder = (change) => anOrder({ country: 'United Kingdom', channel: 'web', paymentMethod: 'card', ...change });
  const bought = (orderId: string, customerId: string, day: string, product: keyof typeof price, quantity: number) =>
    order({ orderId, customerId, orderedAt: on(day), lines: [goods(product, quantity)] });

  const messages = [
    aProduct({ productId: 'tea', name: 'Green tea', category: 'Drinks', brand: 'Leaf', price: '10.00', cost: '4.00' }),
    aProduct({ productId: 'mug', name: 'Mug', category: 'Crockery', brand: 'Clay' }),
    aProduct({ productId: 'mug', revision: 2, name: 'Stone mug', category: 'Kitchen', brand: 'Clay' }),
    // The lamp's own event never comes.
    aCustomer({ customerId: '1', name: 'Ada', country: 'United Kingdom', registeredAt: on('01-01'), consent: true }),

    bought('o1a', '1', '01-05', 'tea', 2),
    order({ orderId: 'o2a', customerId: '2', orderedAt: on('01-06'), lines: [goods('tea', 1), goods('mug', 1, 2)] }),
    bought('o3', '3', '01-07', 'lamp', 1),
    order({ orderId: 'o4a', customerId: '4', orderedAt: on('01-08'), discount: '3.00', lines: [goods('tea', 3)] }),
    bought('o5', '5', '01-09', 'mug', 1),
    anOrder({ orderId: 'g1', customerId: null, orderedAt: on('01-20'), channel: 'web', paymentMethod: 'card', lines: [goods('tea', 1)] }),

    order({ orderId: 'o6', customerId: '6', orderedAt: on('02-01'), lines: [{ ...goods('mug', 2), discount: '1.00' }] }),
    bought('o7a', '7', '02-02', 'tea', 4),
    order({ orderId: 'o8a', customerId: '8', orderedAt: on('02-03'), country: 'France', lines: [goods('tea', 1)] }),
    bought('o9', '9', '02-04', 'lamp', 2),
    // It was customer 10's all along.
    order({ orderId: 'o9', revision: 2, customerId: '10', orderedAt: on('02-04'), lines: [goods('lamp', 2)] }),
    bought('o1b', '1', '02-05', 'tea', 1),
    bought('o4b', '4', '02-08', 'mug', 1),
    order({ orderId: 'o4b', revision: 2, status: 'cancelled', customerId: '4', orderedAt: on('02-08'), lines: [goods('mug', 1)] }),
    // Moved from January to February, and back.
    order({ orderId: 'o5', revision: 2, customerId: '5', orderedAt: on('02-09'), lines: [goods('mug', 1)] }),
    order({ orderId: 'o5', revision: 3, customerId: '5', orderedAt: on('01-09'), lines: [goods('mug', 1)] }),
    order({ orderId: 'o8b', customerId: '8', orderedAt: on('02-10'), country: 'France', lines: [goods('tea', 1)] }),
    // A return of an order that never comes.
    aReturn({
      returnId: 'rx',
      orderId: 'never',
      customerId: null,
      refundedAt: on('02-20'),
      lines: [aReturnLine({ productId: 'mug', amount: '2.50' })],
    }),

    aReturn({
      returnId: 'r6',
      orderId: 'o6',
      customerId: '6',
      refundedAt: on('03-01'),
      lines: [aReturnLine({ orderLine: 1, amount: '4.50' })],
    }),
    bought('o7b', '7', '03-02', 'lamp', 1),
    bought('o11a', '11', '03-03', 'mug', 1),
    bought('o1c', '1', '03-05', 'tea', 1),
    // Asked for with the wrong order; refunded with the right one.
    aReturn(
      { returnId: 'r7', status: 'requested', orderId: 'o7a', customerId: '7', lines: [aReturnLine({ orderLine: 1, amount: '20.00' })] },
      { time: on('03-10') },
    ),
    bought('o11b', '11', '03-12', 'mug', 1),
    bought('o13', '13', '03-15', 'tea', 5),
    order({ orderId: 'o13', revision: 2, status: 'cancelled', customerId: '13', orderedAt: on('03-15'), lines: [goods('tea', 5)] }),
    order({ orderId: 'o13', revision: 3, customerId: '13', orderedAt: on('03-15'), lines: [goods('tea', 4)] }),
    bought('o14', '14', '03-16', 'lamp', 1),
    order({ orderId: 'o14', revision: 2, status: 'cancelled', customerId: '14', orderedAt: on('03-16'), lines: [goods('lamp', 1)] }),
    aReturn({
      returnId: 'r7',
      revision: 2,
      orderId: 'o7b',
      customerId: '7',
      refundedAt: on('03-20'),
      lines: [aReturnLine({ orderLine: 1, amount: '20.00' })],
    }),
    aReturn({
      returnId: 'r14',
      orderId: 'o14',
      customerId: '14',
      refundedAt: on('03-21'),
      lines: [aReturnLine({ orderLine: 1, amount: '20.00' })],
    }),

    // The clocks went forward that morning: half past midnight on 1 April in London.
    order({ orderId: 'o12', customerId: '12', orderedAt: '2024-03-31T23:30:00Z', lines: [goods('tea', 1)] }),
    aReturn({
      returnId: 'r15',
      orderId: null,
      customerId: '15',
      refundedAt: on('04-02'),
      lines: [aReturnLine({ productId: 'mug', amount: '7.00' })],
    }),
    // The refund comes in before the order it is of.
    aReturn({
      returnId: 'r16',
      orderId: 'o16',
      customerId: '16',
      refundedAt: on('04-10'),
      lines: [aReturnLine({ orderLine: 1, amount: '5.00' })],
    }),
    bought('o16', '16', '04-03', 'tea', 1),
    aCampaign({ campaignId: 'spring', name: 'Spring', channel: 'mail', budget: '50.00', startsAt: on('04-01') }),
    aCampaignDay({ campaignId: 'spring', date: '2024-04-04', spend: '3.00', impressions: 300, clicks: 30 }),
    aCampaignDay({ campaignId: 'spring', date: '2024-04-04', revision: 2, spend: '4.00', impressions: 320, clicks: 31 }),
    aCampaignDay({ campaignId: 'spring', date: '2024-04-20', spend: '6.00', impressions: 500, clicks: 50 }),
    aCampaignDay({ campaignId: 'spring', date: '2024-04-25', spend: '1.00', impressions: 100, clicks: 5 }),
    order({ orderId: 'o17', customerId: '17', orderedAt: on('04-04'), campaignId: 'spring', lines: [goods('tea', 1), goods('mug', 1, 2)] }),
    bought('o1d', '1', '04-05', 'tea', 1),
    bought('o2b', '2', '04-06', 'mug', 1),
    anOrder({
      orderId: 'g2',
      customerId: null,
      orderedAt: on('04-15'),
      channel: 'web',
      paymentMethod: 'card',
      country: 'France',
      region: 'Bretagne',
      city: 'Brest',
      lines: [goods('lamp', 1)],
    }),
    order({
      orderId: 'o18',
      customerId: '18',
      orderedAt: on('04-20'),
      campaignId: 'spring',
      lines: [{ ...goods('mug', 10), discount: '5.00' }],
    }),
    // Two contents of one revision: the higher hash wins.
    bought('o19', '19', '04-21', 'lamp', 1),
    bought('o19', '19', '04-21', 'lamp', 2),
    bought('o20', '20', '04-22', 'mug', 1),
    aTick({ now: on('04-30') }),
  ];
  return { shop: { timeZone: 'Europe/London', currency: 'GBP' }, messages };
}
