import { describe, expect, it } from 'vitest';
import { twentyCustomers } from '../scenarios/index.js';
import { foldOracle, moneyText, orderLevelMember, storedInstant } from './index.js';

/**
 * Every figure below was computed by hand from the list of orders in `twenty-customers.ts`.
 *
 * Net sales of a customer:                     last order (days before 30 April):
 *  1: 20 + 10 + 10 + 10 = 50.00                 5 Apr  25
 *  2: 15 + 5 = 20.00                            6 Apr  24
 *  3: 20.00                                     7 Jan 114
 *  4: 30 - 3 = 27.00 (the mug was cancelled)    8 Jan 113
 *  5: 5.00 (moved away and back)                9 Jan 112
 *  6: 10 - 1 - 4.50 = 4.50                      1 Feb  89
 *  7: 40 + 20 - 20 = 40.00                      2 Mar  59
 *  8: 10 + 10 = 20.00                          10 Feb  80
 *  9: nothing, the order was 10's
 * 10: 40.00                                     4 Feb  86
 * 11: 5 + 5 = 10.00                            12 Mar  49
 * 12: 10.00                                     1 Apr  29 (31 March in UTC)
 * 13: 40.00 (cancelled, then revived smaller)  15 Mar  46
 * 14: nothing, cancelled; the refund is left out
 * 15: -7.00, a refund without an order
 * 16: 10 - 5 = 5.00                             3 Apr  27
 * 17: 15.00                                     4 Apr  26
 * 18: 50 - 5 = 45.00                           20 Apr  10
 * 19: 20.00 (quantity 1: hash 2fb1... beats 227a...)  21 Apr 9
 * 20: 5.00                                     22 Apr   8
 * guests: 10 + 20; a refund of an order that never came: -2.50
 * Sum: 50+20+20+27+5+4.5+40+20+40+10+10+40-7+5+15+45+20+5 + 30 - 2.5 = 397.00
 */
const { shop, messages } = twentyCustomers();
const oracle = foldOracle(messages, shop);

it('accepts every message and takes the clock from the tick', () => {
  expect(oracle.verdicts.filter(({ accepted }) => !accepted)).toEqual([]);
  expect(oracle.clock).toBe(Date.parse('2024-04-30T12:00:00Z'));
});

describe('summary', () => {
  it('of the whole history', () => {
    expect(oracle.summary()).toEqual({
      grossSales: '445.00',
      discounts: '9.00', // 3 on an order, 1 and 5 on lines
      returns: '39.00', // 2.50 + 4.50 + 20 + 7 + 5
      netSales: '397.00',
      orders: 26,
      units: 48,
      buyers: 17,
      aovGross: '17.115385', // 445 / 26
      aovNet: '15.269231', // 397 / 26
      returnRate: '0.087640', // 39 / 445
      returnedOrderRate: '0.115385', // o6, o7b, o16 of 26
      repeatRate: '0.294118', // 1, 2, 7, 8, 11 of 17
      newBuyers: 17,
      returningBuyers: 0,
    });
  });

  it('of March, under both conventions', () => {
    const march = { from: '2024-03-01', to: '2024-04-01' };
    const byRefund = {
      grossSales: '80.00',
      discounts: '0.00',
      returns: '24.50', // r6 on 1 March, r7 on 20 March
      netSales: '55.50',
      orders: 5,
      units: 8,
      buyers: 4, // 1, 7, 11, 13
      aovGross: '16.000000',
      aovNet: '11.100000',
      returnRate: '0.306250', // 24.5 / 80
      returnedOrderRate: '0.200000', // o7b of 5
      repeatRate: '0.363636', // 1, 7, 8, 11 of 1-8, 10, 11, 13
      newBuyers: 2, // 11, 13
      returningBuyers: 2, // 1, 7
    };
    expect(oracle.summary(march)).toEqual(byRefund);
    expect(oracle.summary({ ...march, refunds: 'order-date' })).toEqual({
      ...byRefund,
      returns: '20.00', // r6 belongs to February's order
      netSales: '60.00',
      aovNet: '12.000000',
      returnRate: '0.250000',
    });
  });
});

it('series by month', () => {
  const columns = oracle
    .series('month')
    .map((point) => [
      point.bucket,
      point.local,
      point.complete,
      point.grossSales,
      point.discounts,
      point.returns,
      point.orders,
      point.units,
      point.buyers,
    ]);
  expect(columns).toEqual([
    ['2024-01-01T00:00:00.000Z', '2024-01-01', true, '100.00', '3.00', '0.00', 6, 10, 5],
    ['2024-02-01T00:00:00.000Z', '2024-02-01', true, '120.00', '1.00', '2.50', 6, 11, 5],
    ['2024-03-01T00:00:00.000Z', '2024-03-01', true, '80.00', '0.00', '24.50', 5, 8, 4],
    ['2024-03-31T23:00:00.000Z', '2024-04-01', false, '145.00', '5.00', '12.00', 9, 19, 8],
  ]);
  expect(oracle.series('month', { refunds: 'order-date' }).map(({ returns }) => returns)).toEqual(['0.00', '7.00', '20.00', '12.00']);
});

it('series by week, from Monday to Monday, empty weeks included', () => {
  const weeks = oracle.series('week');
  // 5 January lies in the week of the 1st, 22 April starts the last one.
  expect(weeks.map(({ local }) => local)).toEqual([
    '2024-01-01',
    '2024-01-08',
    '2024-01-15',
    '2024-01-22',
    '2024-01-29',
    '2024-02-05',
    '2024-02-12',
    '2024-02-19',
    '2024-02-26',
    '2024-03-04',
    '2024-03-11',
    '2024-03-18',
    '2024-03-25',
    '2024-04-01',
    '2024-04-08',
    '2024-04-15',
    '2024-04-22',
  ]);
  // 1 to 7 January: o1a, o2a, o3. 8 to 14 January: o4a, o5. 29 January to 4 February: o6, o7a, o8a, o9. 1 to 7 April: o12, o16, o17, o1d, o2b.
  expect(weeks.map(({ grossSales }) => grossSales)).toEqual([
    '55.00',
    '35.00',
    '10.00',
    '0.00',
    '100.00',
    '20.00',
    '0.00',
    '0.00',
    '25.00',
    '10.00',
    '45.00',
    '0.00',
    '0.00',
    '50.00',
    '0.00',
    '90.00',
    '5.00',
  ]);
  expect(weeks.at(-4)?.bucket).toBe('2024-03-31T23:00:00.000Z');
});

it('the day on which the clocks go forward has 23 hours', () => {
  const hours = oracle.series('hour', { from: '2024-03-15', to: '2024-04-02' }).filter(({ local }) => local.startsWith('2024-03-31'));
  expect(hours).toHaveLength(23);
  expect(hours.map(({ local }) => local.slice(11)).slice(0, 3)).toEqual(['00:00', '02:00', '03:00']);
});

it('breakdown by product, country and category', () => {
  const columns = (by: 'product' | 'country' | 'category' | 'city' | 'campaign') =>
    oracle
      .breakdown(by)
      .map(({ member, grossSales, discounts, returns, orders, units, buyers }) => [
        member,
        grossSales,
        discounts,
        returns,
        orders,
        units,
        buyers,
      ]);
  expect(columns('product')).toEqual([
    ['tea', '230.00', '0.00', '5.00', 14, 23, 9],
    ['lamp', '120.00', '0.00', '20.00', 5, 6, 4],
    ['mug', '95.00', '6.00', '14.00', 9, 19, 7], // returns: r6 through its order line; rx and r15 by their own word
    [orderLevelMember, '0.00', '3.00', '0.00', 0, 0, 0],
  ]);
  expect(columns('country')).toEqual([
    ['United Kingdom', '395.00', '9.00', '29.50', 22, 44, 16],
    ['France', '40.00', '0.00', '0.00', 3, 3, 1],
    ['', '10.00', '0.00', '9.50', 1, 1, 0],
  ]);
  expect(columns('category')).toEqual([
    ['Drinks', '230.00', '0.00', '5.00', 14, 23, 9],
    ['', '120.00', '0.00', '20.00', 5, 6, 4],
    ['Kitchen', '95.00', '6.00', '14.00', 9, 19, 7],
    [orderLevelMember, '0.00', '3.00', '0.00', 0, 0, 0],
  ]);
  expect(columns('city').find(([member]) => member === 'France\u001fBretagne\u001fBrest')).toEqual([
    'France\u001fBretagne\u001fBrest',
    '20.00',
    '0.00',
    '0.00',
    1,
    1,
    0,
  ]);
  expect(columns('campaign').map(([member, gross]) => [member, gross])).toEqual([
    ['', '380.00'],
    ['spring', '65.00'],
  ]);
  expect(oracle.breakdown('country').map(({ shareOfGross }) => shareOfGross)).toEqual(['0.887640', '0.089888', '0.022472']);
});

it('customers', () => {
  const rows = [...oracle.customers].sort(([a], [b]) => Number(a) - Number(b));
  expect(
    rows.map(([id, { orders, units, gross, discounts, returns }]) =>
      [id, orders, Number(units), moneyText(gross), moneyText(discounts), moneyText(returns)].join(' '),
    ),
  ).toEqual([
    '1 4 5 50.00 0.00 0.00',
    '2 2 3 20.00 0.00 0.00',
    '3 1 1 20.00 0.00 0.00',
    '4 1 3 30.00 3.00 0.00',
    '5 1 1 5.00 0.00 0.00',
    '6 1 2 10.00 1.00 4.50',
    '7 2 5 60.00 0.00 20.00',
    '8 2 2 20.00 0.00 0.00',
    '10 1 2 40.00 0.00 0.00',
    '11 2 2 10.00 0.00 0.00',
    '12 1 1 10.00 0.00 0.00',
    '13 1 4 40.00 0.00 0.00',
    '15 0 0 0.00 0.00 7.00',
    '16 1 1 10.00 0.00 5.00',
    '17 1 2 15.00 0.00 0.00',
    '18 1 10 50.00 5.00 0.00',
    '19 1 1 20.00 0.00 0.00',
    '20 1 1 5.00 0.00 0.00',
  ]);
  expect(oracle.customers.get('15')).toMatchObject({ firstOrder: null, lastOrder: null });
  expect(storedInstant(oracle.customers.get('1')?.lastOrder ?? 0)).toBe('2024-04-05 12:00:00.000');
  const months = [...(oracle.customerMonths.get('7') ?? [])].map(([month, { orders, gross, returns }]) => [
    month,
    orders,
    moneyText(gross),
    moneyText(returns),
  ]);
  expect(months).toEqual([
    ['2024-02-01', 1, '40.00', '0.00'],
    ['2024-03-01', 1, '20.00', '20.00'],
  ]);
  expect([...(oracle.customerMonths.get('12')?.keys() ?? [])]).toEqual(['2024-04-01']);
  expect([...(oracle.customerMonths.get('6') ?? [])].map(([month, { orders }]) => [month, orders])).toEqual([
    ['2024-02-01', 1],
    ['2024-03-01', 0],
  ]);
});

it('RFM: seventeen customers in fifths of 4, 4, 3, 3, 3', () => {
  // Recency, worst first: 3 4 5 6 | 10 8 7 11 | 13 12 16 | 17 1 2 | 18 19 20.
  // Frequency, lowest first, then id as a number: 3 4 5 6 | 10 12 13 16 | 17 18 19 | 20 2 7 | 8 11 1.
  // Net sales, lowest first, then id: 6 5 16 20 | 11 12 17 2 | 3 8 19 | 4 7 10 | 13 18 1.
  const rows = oracle.rfm.map(
    ({ customer, recency, frequency, monetary, r, f, m, segment }) =>
      `${customer}: ${recency} ${frequency} ${moneyText(monetary)} ${r}${f}${m} ${segment}`,
  );
  expect(rows).toEqual([
    '1: 25 4 50.00 455 Champions',
    '2: 24 2 20.00 442 Potential Loyalist',
    '3: 114 1 20.00 113 Needs Attention',
    '4: 113 1 27.00 114 Needs Attention',
    '5: 112 1 5.00 111 Lost',
    '6: 89 1 4.50 111 Lost',
    '7: 59 2 40.00 244 Potential Loyalist',
    '8: 80 2 20.00 253 Potential Loyalist',
    '10: 86 1 40.00 224 At Risk',
    '11: 49 2 10.00 252 Potential Loyalist',
    '12: 29 1 10.00 322 At Risk',
    '13: 46 1 40.00 325 Potential Loyalist',
    '16: 27 1 5.00 321 Needs Attention',
    '17: 26 1 15.00 432 Potential Loyalist',
    '18: 10 1 45.00 535 Champions',
    '19: 9 1 20.00 533 Loyal Customers',
    '20: 8 1 5.00 541 Potential Loyalist',
  ]);
});

it('segment flow since 31 March', () => {
  // Then eleven customers had ordered (12 only at 23:30 that night): fifths of 3, 2, 2, 2, 2.
  // Recency: 2 3 4 | 5 6 | 10 8 | 7 1 | 13 11. Frequency: 2 3 4 | 5 6 | 10 13 | 7 8 | 11 1. Net sales: 6 5 11 | 2 3 | 8 4 | 1 7 | 10 13.
  // So 1 = 4+5+4, 2 = 3 = 1+1+2, 4 = 1+1+3, 5 = 6 = 2+2+1, 7 = 4+4+4, 8 = 3+4+3, 10 = 3+3+5, 11 = 5+5+1, 13 = 5+3+5.
  expect(
    oracle.segmentFlow.map(({ from, to, customers, netSales }) => `${from} > ${to}: ${customers} ${moneyText(netSales)}`).sort(),
  ).toEqual([
    'Champions > Champions: 1 50.00', // 1
    'Champions > Potential Loyalist: 1 40.00', // 13
    'Lost > Needs Attention: 1 20.00', // 3
    'Lost > Potential Loyalist: 1 20.00', // 2
    'Loyal Customers > At Risk: 1 40.00', // 10
    'Loyal Customers > Potential Loyalist: 2 50.00', // 7, 11
    'Needs Attention > Lost: 2 9.50', // 5, 6
    'Needs Attention > Needs Attention: 1 27.00', // 4
    'New > At Risk: 1 10.00', // 12
    'New > Champions: 1 45.00', // 18
    'New > Loyal Customers: 1 20.00', // 19
    'New > Needs Attention: 1 5.00', // 16
    'New > Potential Loyalist: 2 20.00', // 17, 20
    'Potential Loyalist > Potential Loyalist: 1 20.00', // 8
  ]);
});

it('cohorts', () => {
  const cells = oracle.cohorts.map(
    ({ cohort, age, customers, active, orders, netSales, complete }) =>
      `${cohort} +${age}: ${active}/${customers} ${orders} ${moneyText(netSales)} ${complete}`,
  );
  expect(cells.sort()).toEqual([
    '2024-01-01 +0: 5/5 5 87.00 true', // 20 + 15 + 20 + 27 + 5
    '2024-01-01 +1: 1/5 1 10.00 true',
    '2024-01-01 +2: 1/5 1 10.00 true',
    '2024-01-01 +3: 2/5 2 15.00 false', // 1 and 2
    '2024-02-01 +0: 4/4 5 109.00 true', // 9 + 40 + 20 + 40
    '2024-02-01 +1: 1/4 1 -4.50 true', // 7 bought and returned 20; 6 was paid back 4.50
    '2024-03-01 +0: 2/2 3 50.00 true',
    '2024-04-01 +0: 6/6 6 100.00 false', // 10 + 5 + 15 + 45 + 20 + 5
  ]);
});

it('campaign days', () => {
  expect(
    oracle.campaignDays
      .map(({ campaign, date, spend, impressions, clicks, orders, units, gross, discounts }) =>
        [campaign, date, moneyText(spend), impressions, clicks, orders, Number(units), moneyText(gross), moneyText(discounts)].join(' '),
      )
      .sort(),
  ).toEqual([
    'spring 2024-04-04 4.00 320 31 1 2 15.00 0.00',
    'spring 2024-04-20 6.00 500 50 1 10 50.00 5.00',
    'spring 2024-04-25 1.00 100 5 0 0 0.00 0.00',
  ]);
});

it('what is left out, and what is only named', () => {
  expect(oracle.book.leftOut).toEqual([{ returnId: 'r14', orderId: 'o14', amount: 20_000_000n }]);
  const { customers, products, campaigns, geography } = oracle.dimensions;
  expect([...products.rows].map(([id, product]) => [id, product?.name]).sort()).toEqual([
    ['lamp', undefined],
    ['mug', 'Stone mug'],
    ['tea', 'Green tea'],
  ]);
  expect(customers.rows.size).toBe(19);
  expect([...customers.rows].filter(([, customer]) => customer).map(([id]) => id)).toEqual(['1']);
  expect([...customers.mayExist]).toEqual(['9']);
  expect([...campaigns.rows.keys()]).toEqual(['spring']);
  expect([...geography.rows.values()].map((place) => place?.join('/')).sort()).toEqual([
    '//',
    'France//',
    'France/Bretagne/Brest',
    'United Kingdom//',
  ]);
});
