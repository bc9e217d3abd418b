import { describe, expect, it } from 'vitest';
import {
  aCampaign,
  aCampaignDay,
  aCustomer,
  aLine,
  anOrder,
  aProduct,
  aReturn,
  aReturnLine,
  aStockCount,
  aTick,
  rewritten,
  type TestMessage,
} from '../builders/index.js';
import { compareOracles } from '../compare/compare-oracles.js';
import { foldOracle, type OracleShop } from './index.js';

/**
 * Each rule by a pair of shops that differ in just what the rule is about. Were the rule dropped or turned round, the pair
 * would show no difference, or others.
 */
const london: OracleShop = { timeZone: 'Europe/London', currency: 'GBP' };

/** `table.column: expected > actual` of every cell that differs, without dimensions other than 'all' and grains other than the month. */
function changes(
  before: readonly TestMessage[],
  after: readonly TestMessage[],
  shops: [OracleShop, OracleShop] = [london, london],
): string[] {
  return compareOracles(foldOracle(before, shops[0]), foldOracle(after, shops[1]))
    .filter(({ table }) => !table.startsWith('agg_kpi') || table === 'agg_kpi grain=month dimension=all')
    .filter(({ table }) =>
      /^(agg_kpi|agg_customer|agg_customer_month|agg_campaign_day|fact_returns_left_out|dim_products|dim_customers|mv_rfm_scores|mv_cohort_retention)\b/.test(
        table,
      ),
    )
    .map(
      ({ table, column, expected, actual }) =>
        `${table.split(' ')[0]}.${column}: ${column === '(row)' ? (expected === null ? 'one more' : 'one less') : `${expected} > ${actual}`}`,
    );
}
/** Changes of the month's headline only. */
const headline = (...pair: Parameters<typeof changes>): string[] =>
  changes(...pair).flatMap((each) => (each.startsWith('agg_kpi.') ? each.slice(8) : []));

const order = anOrder();
const twoOf = { lines: [aLine({ quantity: 2 })] };

describe('the winner', () => {
  it('is the highest revision', () => {
    expect(headline([order], [order, anOrder({ revision: 2, ...twoOf })])).toEqual(['gross: 10 > 20', 'units: 1 > 2']);
    expect(headline([anOrder({ revision: 3 })], [anOrder({ revision: 3 }), anOrder({ revision: 2, ...twoOf })])).toEqual([]);
    expect(headline([anOrder({ revision: 10 })], [anOrder({ revision: 10 }), anOrder({ revision: 9, ...twoOf })])).toEqual([]);
  });

  it('among equals is the highest hash, whichever came first', () => {
    const tied = [2, 3, 4, 5].map((quantity) => anOrder({ lines: [aLine({ quantity })] }));
    const [first, ...others] = tied.map(
      (_, index) => foldOracle([...tied.slice(index), ...tied.slice(0, index)], london).summary().grossSales,
    );
    expect(others).toEqual([first, first, first]);
    // The hash is over the data alone: the same content in another envelope changes nothing.
    expect(headline(tied, [...tied, anOrder({ lines: [aLine({ quantity: 2 })] }, { id: 'another', source: '/another' })])).toEqual([]);
  });

  it('does not depend on the bytes an event was sent in', () => {
    expect(compareOracles(foldOracle([order], london), foldOracle([rewritten(order), order, order], london))).toEqual([]);
  });

  it('is the only version that counts: nothing stays of a month, customer or line it left', () => {
    const away = anOrder({ revision: 2, orderedAt: '2024-03-01T00:00:00Z', customerId: 'customer-2', lines: [aLine({ line: 2 })] });
    const both = [order, away];
    expect(
      changes([anOrder({ revision: 2, orderedAt: '2024-03-01T00:00:00Z', customerId: 'customer-2', lines: [aLine({ line: 2 })] })], both),
    ).toEqual([]);
    expect(
      changes([order], [...both, anOrder({ revision: 3 })], [london, london]).filter((each) => !/as_of|recency|complete/.test(each)),
    ).toEqual([]);
  });
});

describe('an order', () => {
  it('counts unless cancelled, and again when revived', () => {
    const cancelled = anOrder({ revision: 2, status: 'cancelled' });
    expect(changes([order], [order, cancelled])).toEqual([
      'agg_kpi.(row): one less',
      'agg_customer.(row): one less',
      'agg_customer_month.(row): one less',
      'mv_rfm_scores.(row): one less',
      'mv_cohort_retention.(row): one less',
    ]);
    expect(changes([order], [order, cancelled, anOrder({ revision: 3 })])).toEqual([]);
  });

  it('has its own discount counted once, beside those of its lines', () => {
    const lines = [aLine({ discount: '0.50' }), aLine({ line: 2 })];
    expect(headline([anOrder({ lines })], [anOrder({ lines, discount: '3.00' })])).toEqual(['discounts: 0.5 > 3.5']);
  });

  it('keeps shipping and tax apart', () => {
    expect(headline([order], [anOrder({ shipping: '5.00', tax: '2.00' })])).toEqual([]);
  });

  it('of a guest counts, but has no buyer', () => {
    expect(changes([order], [anOrder({ customerId: null })])).toEqual([
      'agg_kpi.buyers: ["customer-1"] > []',
      'agg_customer.(row): one less',
      'agg_customer_month.(row): one less',
      'dim_customers.(row): one less',
      'mv_rfm_scores.(row): one less',
      'mv_cohort_retention.(row): one less',
    ]);
  });

  it('stands in the month of the shop, not of UTC', () => {
    const lateInJuly = anOrder({ orderedAt: '2024-07-31T23:30:00Z' });
    const utc = { ...london, timeZone: 'UTC' };
    expect(changes([lateInJuly], [lateInJuly], [utc, london])).toEqual([
      'agg_kpi.(row): one more',
      'agg_kpi.(row): one less',
      'agg_customer_month.(row): one more',
      'agg_customer_month.(row): one less',
      'mv_cohort_retention.(row): one more',
      'mv_cohort_retention.(row): one less',
    ]);
  });
});

describe('a refund', () => {
  const later = aReturn({ refundedAt: '2024-02-10T10:00:00Z' });

  it('counts when refunded, not when requested', () => {
    expect(
      headline([order, aReturn({ status: 'requested' })], [order, aReturn({ status: 'requested' }), aReturn({ revision: 2 })]),
    ).toEqual(['returns: 0 > 4', 'returns_by_order_date: 0 > 4', 'returned_orders: 0 > 1']);
    expect(headline([order], [order, aReturn(), aReturn({ revision: 2, status: 'requested' })])).toEqual([]);
  });

  it('stands at its own date and, under the other convention, at that of its order', () => {
    const before = foldOracle([order], london);
    const after = foldOracle([order, later], london);
    expect(
      compareOracles(before, after)
        .filter(({ table }) => table === 'agg_kpi grain=month dimension=all')
        .map(({ key, column, actual }) => `${key.slice(0, 7)} ${column} ${column === '(row)' ? '' : actual}`),
    ).toEqual(['2024-01 returns_by_order_date 4', '2024-01 returned_orders 1', '2024-02 (row) ']);
    expect(after.summary({ from: '2024-02-01', to: '2024-03-01' }).returns).toBe('4.00');
    expect(after.summary({ from: '2024-02-01', to: '2024-03-01', refunds: 'order-date' }).returns).toBe('0.00');
  });

  it('without a known order stands at its own date under both', () => {
    const { returns } = foldOracle([aReturn({ orderId: 'never', refundedAt: '2024-02-10T10:00:00Z' })], london).summary({
      from: '2024-02-01',
      refunds: 'order-date',
    });
    expect(returns).toBe('4.00');
  });

  it('of a cancelled order counts nowhere and is shown', () => {
    const cancelled = anOrder({ status: 'cancelled' });
    expect(changes([cancelled], [cancelled, aReturn()])).toEqual(['fact_returns_left_out.(row): one more']);
  });

  it('has the customer and the attributes of its order, even a guest', () => {
    const guest = anOrder({ customerId: null, country: 'France' });
    const oracle = foldOracle([guest, aReturn({ customerId: 'customer-9' })], london);
    expect([...oracle.customers.keys()]).toEqual([]);
    expect(oracle.breakdown('country').map(({ member, returns }) => [member, returns])).toEqual([['France', '4.00']]);
    const stray = foldOracle([guest, aReturn({ customerId: 'customer-9', orderId: 'never' })], london);
    expect([...stray.customers.keys()]).toEqual(['customer-9']);
    expect(stray.breakdown('country').map(({ member, returns }) => [member, returns])).toEqual([
      ['France', '0.00'],
      ['', '4.00'],
    ]);
  });

  it('has the product of its order line, else its own, else none', () => {
    const productOf = (change: Parameters<typeof aReturnLine>[0], lines = [aLine({ line: 3, productId: 'of-order' })]): string[] =>
      foldOracle([anOrder({ lines }), aReturn({ lines: [aReturnLine(change)] })], london)
        .breakdown('product')
        .filter(({ returns }) => returns !== '0.00')
        .map(({ member }) => member);
    expect(productOf({ orderLine: 3, productId: 'own' })).toEqual(['of-order']);
    expect(productOf({ orderLine: 4, productId: 'own' })).toEqual(['own']);
    expect(productOf({ productId: 'own' })).toEqual(['own']);
    expect(productOf({ orderLine: 4 })).toEqual(['']);
    expect(productOf({ orderLine: 3, productId: 'own' }, [aLine({ line: 3, productId: null })])).toEqual(['own']);
  });

  it('moves with its winner from one order to another', () => {
    const other = anOrder({ orderId: 'order-2' });
    expect(
      foldOracle([order, other, aReturn(), aReturn({ revision: 2, orderId: 'order-2' })], london).book.sales.map(
        ({ orderId, returned }) => [orderId, returned],
      ),
    ).toEqual([
      ['order-1', false],
      ['order-2', true],
    ]);
  });

  it('of nothing still makes its order a returned one', () => {
    expect(headline([order], [order, aReturn({ lines: [aReturnLine({ amount: '0' })] })])).toEqual(['returned_orders: 0 > 1']);
  });
});

describe('a row', () => {
  it('by product carries the order-level discount apart, and only then', () => {
    const members = (message: TestMessage) =>
      [...foldOracle([message], london).kpi.rows('day', 'product')].map(({ member, discounts, orders }) => [member, discounts, orders]);
    expect(members(anOrder({ discount: '3.00' }))).toEqual([
      ['product-1', 0n, 1],
      ['\u001forder', 3_000_000n, 0],
    ]);
    expect(members(anOrder({ discount: '0.00' }))).toEqual([['product-1', 0n, 1]]);
  });

  it('counts an order once, though a product stands on two of its lines', () => {
    const [row] = foldOracle([anOrder({ lines: [aLine(), aLine({ line: 2 })] })], london).breakdown('product');
    expect([row?.orders, row?.units, row?.grossSales]).toEqual([1, 2, '20.00']);
  });

  it('of a campaign day takes the winner of what was reported, beside the orders', () => {
    const ordered = anOrder({ campaignId: 'campaign-1' });
    const reported = [aCampaign(), aCampaignDay(), aCampaignDay({ revision: 2, spend: '7.50' })];
    expect(changes([ordered], [ordered, ...reported]).filter((each) => each.startsWith('agg_campaign_day'))).toEqual([
      'agg_campaign_day.spend: 0 > 7.5',
      'agg_campaign_day.impressions: 0 > 100',
      'agg_campaign_day.clicks: 0 > 10',
    ]);
    expect(changes(reported, [ordered, ...reported]).filter((each) => each.startsWith('agg_campaign_day'))).toEqual([
      'agg_campaign_day.orders: 0 > 1',
      'agg_campaign_day.units: 0 > 1',
      'agg_campaign_day.gross: 0 > 10',
    ]);
  });

  it('of a dimension is a placeholder until the entity comes', () => {
    expect(changes([order], [order, aProduct({ name: 'Tea' })])).toEqual(['dim_products.name:  > Tea', 'dim_products.placeholder: 1 > 0']);
    expect(changes([order], [order, aCustomer({ consent: false })])).toEqual([
      'dim_customers.consent: null > false',
      'dim_customers.placeholder: 1 > 0',
    ]);
  });
});

describe('what names an entity', () => {
  it('is also a return, a count, and a day of a campaign', () => {
    const { dimensions } = foldOracle(
      [
        aReturn({ customerId: 'customer-7', lines: [aReturnLine({ productId: 'product-7' })] }),
        aStockCount({ productId: 'product-8', units: null }),
        aCampaignDay({ campaignId: 'campaign-7' }),
      ],
      london,
    );
    expect([dimensions.customers, dimensions.products, dimensions.campaigns].map(({ rows }) => [...rows])).toEqual([
      [['customer-7', undefined]],
      [
        ['product-7', undefined],
        ['product-8', undefined],
      ],
      [['campaign-7', undefined]],
    ]);
  });
});

describe('stock', () => {
  const at = (instant: string, ...messages: TestMessage[]) => {
    const left = foldOracle(messages, london).stock(Date.parse(instant)).get('product-1');
    return left === undefined ? undefined : Number(left);
  };
  const noon = '2024-01-10T12:00:00Z';
  const sold = (orderId: string, orderedAt: string, quantity: number) => anOrder({ orderId, orderedAt, lines: [aLine({ quantity })] });
  const counted = aStockCount({ units: 50 });

  it('is the newest count less what was sold after it; nothing is known before one', () => {
    expect(at(noon)).toBeUndefined();
    expect(at('2024-01-10T09:59:59Z', counted)).toBeUndefined();
    // In the moment of the count it is in the count.
    expect(at(noon, counted, sold('a', '2024-01-10T10:00:00Z', 9), sold('b', '2024-01-10T10:00:00.001Z', 3))).toBe(47);
    expect(at('2024-01-10T10:59:00Z', counted, sold('a', '2024-01-10T11:00:00Z', 9))).toBe(50);
    const again = aStockCount({ countedAt: '2024-01-10T11:00:00Z', units: 20 });
    expect(at(noon, again, counted, sold('a', '2024-01-10T10:30:00Z', 9))).toBe(20);
  });

  it('goes by the winner of each count; one that is taken back never was', () => {
    expect(at(noon, counted, aStockCount({ revision: 2, units: 5 }))).toBe(5);
    const wrong = { countedAt: '2024-01-10T11:00:00Z' };
    expect(at(noon, counted, aStockCount({ ...wrong, units: 1 }), aStockCount({ ...wrong, revision: 2, units: null }))).toBe(50);
  });

  it('follows a correction of a sale; a return adds nothing, and more may be sold than was counted', () => {
    const sale = sold('a', '2024-01-10T10:30:00Z', 60);
    expect(at(noon, counted, sale)).toBe(-10);
    const corrected = { orderId: 'a', revision: 2, orderedAt: '2024-01-10T10:30:00Z' };
    expect(at(noon, counted, sale, anOrder({ ...corrected, lines: [aLine({ quantity: 6 })] }))).toBe(44);
    expect(at(noon, counted, sale, anOrder({ ...corrected, status: 'cancelled', lines: [aLine({ quantity: 6 })] }))).toBe(50);
    expect(at(noon, counted, sale, aReturn({ orderId: 'a', refundedAt: '2024-01-10T11:00:00Z' }))).toBe(-10);
  });
});

describe('a cohort', () => {
  it('starts with the first order: what was paid back before lies in none of its months', () => {
    const before = aReturn({ orderId: null, refundedAt: '2023-12-10T10:00:00Z' });
    expect(foldOracle([before, order], london).cohorts.map(({ cohort, age, netSales }) => [cohort, age, netSales])).toEqual([
      ['2024-01-01', 0, 10_000_000n],
    ]);
  });
});

describe('a period', () => {
  it('holds its first instant and not its end', () => {
    const oracle = foldOracle([anOrder({ orderedAt: '2024-01-10T00:00:00Z' }), aReturn({ refundedAt: '2024-01-10T00:00:00Z' })], london);
    const over = (from: string, to: string) => {
      const { orders, returns } = oracle.summary({ from, to });
      return [orders, returns, oracle.series('day', { from, to }).length];
    };
    expect(over('2024-01-10', '2024-01-11')).toEqual([1, '4.00', 1]);
    expect(over('2024-01-09', '2024-01-10')).toEqual([0, '0.00', 1]);
    expect(over('2024-01-10T00:00:00Z', '2024-01-10T00:00:05Z')).toEqual([1, '4.00', 1]);
  });
});

describe('the clock', () => {
  it('is the highest recordedtime of an accepted message; recency and completeness follow it', () => {
    const ticked = [order, aTick({ now: '2024-02-01T00:00:00Z' })];
    expect(changes([order], ticked)).toEqual([
      'mv_rfm_scores.recency: 0 > 22',
      'mv_rfm_scores.as_of: 2024-01-10 10:00:00.000 > 2024-02-01 00:00:00.000',
      'mv_cohort_retention.complete: 0 > 1',
      'mv_cohort_retention.as_of: 2024-01-10 10:00:00.000 > 2024-02-01 00:00:00.000',
    ]);
    const refused = anOrder({ orderId: 'order-2', currency: 'EUR', orderedAt: '2024-05-01T00:00:00Z' });
    expect(changes(ticked, [...ticked, refused])).toEqual([]);
  });
});

describe('RFM', () => {
  const scoresOf = (...ids: string[]) =>
    foldOracle(
      ids.map((customerId, index) => anOrder({ orderId: `o${index}`, customerId })),
      london,
    ).rfm.map(({ customer, r }) => `${customer}:${r}`);

  it('breaks ties by id, as integers if all are digits, else as bytes', () => {
    expect(scoresOf('10', '9', '100', '7', '007')).toEqual(['007:1', '7:2', '9:3', '10:4', '100:5']);
    expect(scoresOf('10', '9', '100', '7', 'x')).toEqual(['10:1', '100:2', '7:3', '9:4', 'x:5']);
    // UTF-8 sorts a character beyond the first 65,536 last; UTF-16 does not.
    expect(scoresOf('😀', '\uffee', 'a', 'b', 'c')).toEqual(['a:1', 'b:2', 'c:3', '\uffee:4', '😀:5']);
  });

  it('gives the larger fifths first', () => {
    expect(
      scoresOf('1', '2', '3', '4', '5', '6', '7')
        .map((each) => each.slice(2))
        .join(''),
    ).toBe('1122345');
    expect(scoresOf('1', '2')).toEqual(['1:1', '2:2']);
  });
});
