import { openEmbedded, ident, sql, type ClickHouse } from '#clickhouse';
import type { EventPathAnswer } from '#contracts';
import {
  aCampaign,
  aCampaignDay,
  aCustomer,
  aLine,
  anOrder,
  aProduct,
  aRawMessage,
  aReturn,
  aReturnLine,
  aStockCount,
  ShopRun,
} from '#testing';
import { EventPathReads, ShopGate, WatermarkRepository } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventPathService } from './event-path.service.js';

let directory: string;
let clickhouse: ClickHouse;
let run: ShopRun;
let paths: EventPathService;
// At noon of 10 January in London; the second version a month later.
const january = '2024-01-10T12:00:07Z';
const february = '2024-02-11T12:00:00Z';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-path-'));
  clickhouse = await openEmbedded(directory);
  run = await ShopRun.open(clickhouse, 'path', { timeZone: 'Europe/London', currency: 'GBP' });
  const order = { orderId: 'A1', customerId: 'anna', country: 'France', campaignId: 'spring', discount: '1.00' };
  const lines = [aLine({ productId: 'pen', quantity: 3, unitPrice: '2.50' }), aLine({ line: 2, productId: 'cup', unitPrice: '4.00' })];
  const first = anOrder({ ...order, orderedAt: january, lines: lines.slice(0, 1) }, { id: 'first' });
  await run.arrive(
    [
      first,
      anOrder({ ...order, orderedAt: february, revision: 2, lines }, { id: 'second' }),
      first,
      anOrder({ orderId: 'A1', revision: 3, currency: 'EUR' }, { id: 'wrong-money' }),
      aRawMessage('transactions.v1', '{"id":"cut'),
      anOrder({ orderId: 'B2', customerId: 'bert', country: 'France', orderedAt: february }, { id: 'other-order' }),
      anOrder({ orderId: 'C3', customerId: 'anna', status: 'cancelled', orderedAt: february }, { id: 'cancelled' }),
      aReturn(
        { returnId: 'R1', orderId: 'A1', customerId: 'anna', refundedAt: february, lines: [aReturnLine({ amount: '2.50', orderLine: 1 })] },
        { id: 'refund' },
      ),
      aReturn({ returnId: 'R2', orderId: 'C3', customerId: 'anna', refundedAt: february }, { id: 'refund-of-cancelled' }),
      aCustomer({ customerId: 'anna', name: 'Anna' }, { id: 'anna-registered' }),
      aProduct({ productId: 'pen', name: 'Pen' }, { id: 'pen-listed' }),
      aStockCount({ productId: 'pen', countedAt: '2024-02-11T09:00:00Z', units: 40 }, { id: 'pen-counted' }),
      aCampaign({ campaignId: 'spring' }, { id: 'spring-started' }),
      aCampaignDay({ campaignId: 'spring', date: '2024-02-11', spend: '5.00' }, { id: 'spring-day', time: february }),
    ],
    5,
  );
  paths = new EventPathService(new EventPathReads(clickhouse), new ShopGate(new WatermarkRepository(clickhouse)));
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

const pathOf = (id: string): Promise<EventPathAnswer> => paths.of(run.shop, id);
const standingsOf = ({ events }: EventPathAnswer) => events.map(({ eventId, standing, by }) => [eventId, standing, by?.eventId ?? null]);
const tablesOf = ({ facts }: EventPathAnswer) => facts.map(({ table }) => table).sort();
const figuresOf = ({ figures }: EventPathAnswer, table = 'agg_kpi') => figures.filter((each) => each.table === table);

describe('an order that was corrected', () => {
  it('shows every version under its own id or the order: which counts, which was superseded by which, which says the same again', async () => {
    const path = await pathOf('A1');
    expect(standingsOf(path)).toEqual([
      ['first', 'superseded', 'second'],
      ['second', 'winner', null],
      ['first', 'superseded', 'second'],
    ]);
    expect(standingsOf(await pathOf('second'))).toEqual([['second', 'winner', null]]);
    const [, winner] = path.events;
    expect(winner).toMatchObject({
      ...{ topic: 'transactions.v1', partition: 0, epoch: 1, offset: '1', type: 'tideline.transaction.corrected.v1', verdict: 'accepted' },
      ...{ entity: 'A1', revision: '2', recordedTime: '2024-02-11T12:00:00.000Z', inFigures: true },
    });
    expect(path.events[0]?.by).toMatchObject({ offset: '1', revision: '2', hash: winner?.hash });
  });

  it('stands in the facts where its winner does, with its refund, and nowhere by dense keys', async () => {
    const path = await pathOf('first');
    expect(tablesOf(path)).toEqual(['fact_returns', 'fact_returns', 'fact_sales', 'fact_sales', 'facts_by_customer', 'facts_by_customer']);
    const sales = path.facts.filter(({ table }) => table === 'fact_sales').map(({ row }) => row);
    expect(
      sales.map(({ product_id, gross, order_discount, customer_id, order_time }) => [
        product_id,
        gross,
        order_discount,
        customer_id,
        order_time,
      ]),
    ).toEqual([
      ['pen', '7.5', '1', 'anna', '2024-02-11 12:00:00.000'],
      ['cup', '4', '0', 'anna', '2024-02-11 12:00:00.000'],
    ]);
    expect(path.facts.flatMap(({ row }) => Object.keys(row)).filter((column) => /key|generation|deleted/.test(column))).toEqual([]);
  });

  it('names every bucket and member it is part of, with what stands there now', async () => {
    const path = await pathOf('second');
    const keys = figuresOf(path).map(({ grain, dimension, member, bucket }) => [grain, dimension, member, bucket].join(' | '));
    const [hour, day, month] = ['2024-02-11T12:00:00.000Z', '2024-02-11T00:00:00.000Z', '2024-02-01T00:00:00.000Z'];
    const levels = (dimension: string, member: string): string[] => [
      ['hour', dimension, member, hour].join(' | '),
      ['day', dimension, member, day].join(' | '),
      ['month', dimension, member, month].join(' | '),
    ];
    expect(keys.sort()).toEqual(
      [
        `slice | all |  | ${hour}`,
        `minute | all |  | ${hour}`,
        ...levels('all', ''),
        ...levels('country', 'France'),
        ...levels('region', 'France\u001f'),
        ...levels('city', 'France\u001f\u001f'),
        ...levels('payment', ''),
        ...levels('channel', ''),
        ...levels('campaign', 'spring'),
        ...['pen', 'cup', '\u001forder'].flatMap((product) => levels('product', product).slice(1)),
      ].sort(),
    );
    const france = figuresOf(path).find(({ grain, dimension }) => grain === 'day' && dimension === 'country');
    // 7.50 + 4.00 of A1, 10.00 of B2; the refund of 2.50.
    expect(france).toMatchObject({ grossSales: '21.50', discounts: '1.00', returns: '2.50', orders: 2, units: 5, buyers: 2 });
    expect(figuresOf(path, 'agg_customer')).toMatchObject([{ member: 'anna', grossSales: '11.50', returns: '2.50', orders: 1 }]);
    expect(figuresOf(path, 'agg_customer_month')).toMatchObject([{ member: 'anna', bucket: '2024-02-01', grossSales: '11.50' }]);
    expect(figuresOf(path, 'agg_campaign_day')).toMatchObject([{ member: 'spring', bucket: '2024-02-11', grossSales: '11.50', orders: 1 }]);
  });
});

describe('every other path', () => {
  it('of a refund: its facts under both conventions, the buckets of its order', async () => {
    const path = await pathOf('R1');
    expect(standingsOf(path)).toEqual([['refund', 'winner', null]]);
    expect(path.facts.map(({ table, row }) => [table, row['convention'] ?? row['kind']])).toEqual([
      ['fact_returns', 'refund-date'],
      ['fact_returns', 'order-date'],
      ['facts_by_customer', 'return'],
    ]);
    expect(figuresOf(path).some(({ dimension, member }) => dimension === 'product' && member === 'pen')).toBe(true);
    expect(figuresOf(path).some(({ dimension, member }) => dimension === 'product' && member === 'cup')).toBe(false);
  });

  it('of a refund of a cancelled order, and of that order: no figure', async () => {
    expect([tablesOf(await pathOf('refund-of-cancelled')), (await pathOf('R2')).figures]).toEqual([['fact_returns_left_out'], []]);
    expect([tablesOf(await pathOf('C3')), (await pathOf('C3')).figures]).toEqual([['fact_returns_left_out'], []]);
  });

  it('of a dead letter: its reason, and nothing else', async () => {
    const path = await pathOf('wrong-money');
    expect(path.events).toMatchObject([
      { eventId: 'wrong-money', standing: 'rejected', verdict: 'rejected', reason: 'other-currency', entity: '', time: null, by: null },
    ]);
    expect([path.facts, path.figures]).toEqual([[], []]);
  });

  it('of a customer, a product, a count of it, a campaign and a day of one: dimensions, and the day that it adds up to', async () => {
    expect(tablesOf(await pathOf('anna'))).toEqual(['dim_customers']);
    expect(tablesOf(await pathOf('pen-listed'))).toEqual(['dim_products']);
    const count = await pathOf('pen/2024-02-11T09:00:00Z');
    expect([standingsOf(count), count.facts]).toMatchObject([
      [['pen-counted', 'winner', null]],
      [{ table: 'fact_stock_counts', row: { units: '40', counted_at: '2024-02-11 09:00:00.000' } }],
    ]);
    expect(tablesOf(await pathOf('spring'))).toEqual(['dim_campaigns']);
    const day = await pathOf('spring/2024-02-11');
    expect([tablesOf(day), figuresOf(day, 'agg_campaign_day')]).toMatchObject([
      ['fact_campaign_days'],
      [{ member: 'spring', grossSales: '11.50' }],
    ]);
  });

  it('of a second copy says which message it repeats', async () => {
    const again = aCustomer({ customerId: 'anna', name: 'Anna' }, { id: 'anna-registered' });
    await run.arrive([again], 1);
    const path = await pathOf('anna-registered');
    expect(path.events.map(({ offset, standing, by }) => [offset, standing, by?.offset ?? null])).toEqual([
      ['0', 'winner', null],
      ['1', 'repeat', '0'],
    ]);
  });

  it('of a message that the figures have not come to says so', async () => {
    const table = ident(run.shop.database, 'ledger_customers');
    await clickhouse.command(
      sql`INSERT INTO ${table} SELECT * REPLACE (offset + 100 AS offset, 'early' AS event_id) FROM ${table} LIMIT 1`,
    );
    expect((await pathOf('early')).events.map(({ inFigures }) => inFigures)).toEqual([false]);
  });

  it('of nothing is refused in words', async () => {
    await expect(pathOf('nope')).rejects.toMatchObject({
      code: 'event-unknown',
      message: expect.stringMatching(/has no event nope/) as string,
    });
    await expect(pathOf("it's")).rejects.toMatchObject({ code: 'event-unknown' });
  });
});
