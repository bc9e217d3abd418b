import { openEmbedded, sql, ident, unitOver, type ClickHouse, type UnitOfWork } from '#clickhouse';
import { LedgerRepository, ShopGate, ShopRepository, WatermarkRepository, type LedgerTopic, type Shop } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { epochRow, ledgerRows } from '../ledger/ledger-rows.js';
import { Refresher } from './refresher.js';

let directory: string;
let clickhouse: ClickHouse;
let shop: Shop;
let refresher: Refresher;
let ledger: LedgerRepository;
const next = new Map<string, bigint>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-refresh-'));
  clickhouse = await openEmbedded(directory);
  const shops = new ShopRepository(clickhouse);
  await shops.prepareSystem();
  shop = await shops.register({ shop: 'probe', timeZone: 'Europe/London', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' });
  await shops.prepare(shop);
  ledger = new LedgerRepository(clickhouse);
  refresher = Refresher.over(clickhouse, shop, new ShopGate(new WatermarkRepository(clickhouse)), {
    rowCap: 10_000,
    now: () => new Date(),
    claimedBy: 'spec',
  });
  await refresher.claim();
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

async function appended(topic: LedgerTopic, ...events: object[]): Promise<void> {
  const at = next.get(topic) ?? 0n;
  const messages = events.map((event, index) => ({
    offset: at + BigInt(index),
    value: Buffer.from(JSON.stringify(event)),
    timestamp: new Date(),
  }));
  await ledger.append(shop, topic, ledgerRows(shop, topic, 0, 1, at, messages, new Date()));
  next.set(topic, at + BigInt(events.length));
}

async function arrive(topic: LedgerTopic, ...events: object[]): Promise<void> {
  await appended(topic, ...events);
  await refresher.catchUp();
}

function order(revision: number, change: object, type = 'placed'): object {
  const data = {
    orderId: 'A1',
    revision,
    status: type === 'cancelled' ? 'cancelled' : 'placed',
    orderedAt: '2011-01-10T10:00:00Z',
    customerId: 'c1',
    currency: 'GBP',
    country: 'United Kingdom',
    discount: '1.00',
    lines: [
      { line: 1, productId: 'p1', quantity: 2, unitPrice: '5.125' },
      { line: 2, productId: 'p2', quantity: 1, unitPrice: '3.00', discount: '0.50' },
    ],
    ...change,
  };
  return {
    specversion: '1.0',
    id: `e${revision}${type}`,
    source: '/spec',
    type: `tideline.transaction.${type}.v1`,
    subject: 'A1',
    time: data.orderedAt,
    recordedtime: data.orderedAt,
    data,
  };
}

async function months(): Promise<unknown> {
  return clickhouse.query(sql`SELECT toString(toDate(bucket, 'Europe/London')) AS month, gross, discounts, returns, returns_by_order_date AS rbo, orders, returned_orders AS ro, units, bitmapCardinality(buyers) AS buyers
    FROM ${ident(shop.database, 'agg_kpi')} FINAL WHERE grain = 'month' AND dimension = 'all' ORDER BY bucket`);
}
const january = {
  month: '2011-01-01',
  gross: '13.25',
  discounts: '1.5',
  returns: '0',
  rbo: '0',
  orders: '1',
  ro: '0',
  units: '3',
  buyers: '1',
};

it('moves an order January -> March -> January without a trace', async () => {
  await arrive('transactions.v1', order(1, {}));
  expect(await months()).toEqual([january]);
  await arrive('transactions.v1', order(2, { orderedAt: '2011-03-10T10:00:00Z' }, 'corrected'));
  expect(await months()).toEqual([{ ...january, month: '2011-03-01' }]);
  await arrive('transactions.v1', order(3, {}, 'corrected'), order(1, {}));
  expect(await months()).toEqual([january]);
});

it('counts a refund under both conventions and takes it out when the order is cancelled', async () => {
  const refund = {
    specversion: '1.0',
    id: 'r1',
    source: '/spec',
    type: 'tideline.return.refunded.v1',
    subject: 'R1',
    time: '2011-02-01T00:00:00Z',
    recordedtime: '2011-02-01T00:00:00Z',
    data: {
      returnId: 'R1',
      revision: 1,
      status: 'refunded',
      refundedAt: '2011-02-01T00:00:00Z',
      orderId: 'A1',
      customerId: 'c1',
      currency: 'GBP',
      lines: [{ line: 1, orderLine: 1, quantity: 1, amount: '5.125' }],
    },
  };
  await arrive('returns.v1', refund);
  expect(await months()).toEqual([
    { ...january, rbo: '5.125', ro: '1' },
    { month: '2011-02-01', gross: '0', discounts: '0', returns: '5.125', rbo: '0', orders: '0', ro: '0', units: '0', buyers: '0' },
  ]);
  await arrive('transactions.v1', order(4, {}, 'cancelled'));
  expect(await months()).toEqual([]);
  expect(await clickhouse.query(sql`SELECT return_id, amount FROM ${ident(shop.database, 'fact_returns_left_out')} FINAL`)).toEqual([
    { return_id: 'R1', amount: '5.125' },
  ]);
  await arrive('transactions.v1', order(5, { customerId: 'c2' }, 'corrected'));
  expect(
    await clickhouse.query(
      sql`SELECT k.customer_id AS c, orders, gross, discounts, returns FROM ${ident(shop.database, 'agg_customer')} AS a FINAL INNER JOIN ${ident(shop.database, 'dim_customer_keys')} AS k USING customer_key`,
    ),
  ).toEqual([{ c: 'c2', orders: '1', gross: '13.25', discounts: '1.5', returns: '5.125' }]);
});

it('keeps a message whose type ends in half a character', async () => {
  await arrive('transactions.v1', { ...order(1, { orderId: 'half' }), type: 'half \ud83d' });
  const kept = await clickhouse.query(
    sql`SELECT verdict, reason, type FROM ${ident(shop.database, 'ledger_transactions')} WHERE startsWith(type, 'half')`,
  );
  expect(kept).toEqual([{ verdict: 'rejected', reason: 'unknown-type', type: 'half \ufffd' }]);
});

/** Appends an order for each name to the ledger of a shop, as messages of one partition that follow each other. */
async function placed(into: LedgerRepository, of: Shop, epoch: number, first: bigint, ...names: readonly string[]): Promise<void> {
  const messages = names.map((name, index) => {
    // Some have a customer of their own.
    const customer = name.includes(' ') ? { customerId: name } : {};
    const event = order(1, { orderId: name, orderedAt: '2012-05-01T10:00:00Z', discount: '0', ...customer });
    const value = Buffer.from(JSON.stringify({ ...event, id: `e${name}`, subject: name }));
    return { offset: first + BigInt(index), value, timestamp: new Date() };
  });
  await into.append(of, 'transactions.v1', ledgerRows(of, 'transactions.v1', 0, epoch, first, messages, new Date()));
}

/** The engine, on which inserts into a table fail, and statements that write it, while they are to: once carried out, or before. */
function failingOn(table: string, fails: () => boolean, carriedOut = false): ClickHouse {
  const run = async (statement: string, work: () => Promise<void>): Promise<void> => {
    const failed = fails() && statement.includes(table);
    if (!failed || carriedOut) await work();
    if (failed) throw new Error('cut off');
  };
  const engine = Object.create(clickhouse, {
    insert: {
      value: (...[into, ...rest]: Parameters<ClickHouse['insert']>) => run(into.text, () => clickhouse.insert(into, ...rest)),
    },
    insertRows: {
      value: (...[into, ...rest]: Parameters<ClickHouse['insertRows']>) => run(into.text, () => clickhouse.insertRows(into, ...rest)),
    },
    command: {
      value: (...[statement, ...rest]: Parameters<ClickHouse['command']>) =>
        run(statement.text, () => clickhouse.command(statement, ...rest)),
    },
    unit: { value: (): UnitOfWork => unitOver(engine) },
  }) as ClickHouse;
  return engine;
}

it('adds new orders to the headline, and not a second time when a step that was cut off after it is done again', async () => {
  const watermarks = new WatermarkRepository(clickhouse);
  let cutOff = false;
  const failing = failingOn('watermark_live', () => cutOff);
  const options = { rowCap: 10_000, now: () => new Date(), claimedBy: 'adding' };
  const adding = (): Refresher => Refresher.over(failing, shop, new ShopGate(watermarks), options, ledger);
  const place = async (at: Refresher, name: string): Promise<void> => {
    const offset = next.get('transactions.v1') ?? 0n;
    await placed(ledger, shop, 1, offset, name);
    next.set('transactions.v1', offset + 1n);
    at.tell({ topic: 'transactions.v1', partition: 0, epoch: 1, next: offset + 1n, rows: 1, recorded: '2012-05-01 10:00:00' });
  };
  const may = async (): Promise<unknown> =>
    clickhouse.query(
      sql`SELECT grain, gross, orders, units, bitmapCardinality(buyers) AS buyers FROM ${ident(shop.database, 'agg_headline')} FINAL
        WHERE bucket >= '2012-04-30 00:00:00' ORDER BY grain`,
    );
  const all = (orders: number, figures: object): object[] =>
    ['slice', 'minute', 'hour', 'day', 'month'].map((grain) => ({ grain, ...figures, orders: String(orders), buyers: '1' }));

  let at = adding();
  await at.claim();
  await at.catchUp();
  await place(at, 'B1');
  expect((await at.step())?.timings.has('headline_added')).toBe(true);
  await place(at, 'B2');
  expect((await at.step())?.timings.has('headline_added')).toBe(true);
  expect(await may()).toEqual(all(2, { gross: '26.5', units: '6' }));

  cutOff = true;
  await place(at, 'B3');
  await expect(at.step()).rejects.toThrow('cut off');
  cutOff = false;
  expect((await at.step())?.timings.has('headline_added')).toBe(false);
  expect(await may()).toEqual(all(3, { gross: '39.75', units: '9' }));
  await place(at, 'B4');
  expect((await at.step())?.timings.has('headline_added')).toBe(true);

  // Whoever takes over finds rows beyond the settled watermark: they are computed anew.
  at = adding();
  await at.claim();
  await at.catchUp();
  expect(await may()).toEqual(all(4, { gross: '53', units: '12' }));

  // What others wrote in between, such as a cancellation by a step that computed it, is what the next order is added to.
  await place(at, 'B5');
  expect((await at.step())?.timings.has('headline_added')).toBe(true);
  const cancelled = order(2, { orderId: 'B1', orderedAt: '2012-05-01T10:00:00Z', discount: '0' }, 'cancelled');
  await appended('transactions.v1', { ...cancelled, id: 'eB1 cancelled', subject: 'B1' });
  expect((await at.step())?.timings.has('headline_added')).toBe(false);
  expect(await may()).toEqual(all(4, { gross: '53', units: '12' }));
  await place(at, 'B6');
  expect((await at.step())?.timings.has('headline_added')).toBe(true);
  expect(await may()).toEqual(all(5, { gross: '66.25', units: '15' }));
});

it('counts an order of a new epoch once, when the step that went over the end of the old one was cut off', async () => {
  const shops = new ShopRepository(clickhouse);
  const anew = await shops.register({ shop: 'anew', timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' });
  await shops.prepare(anew);
  let cutOff = false;
  const own = new LedgerRepository(clickhouse);
  const options = { rowCap: 10_000, now: () => new Date(), claimedBy: 'anew' };
  const gate = new ShopGate(new WatermarkRepository(clickhouse));
  const at = Refresher.over(
    failingOn('agg_headline', () => cutOff),
    anew,
    gate,
    options,
    own,
  );
  await at.claim();
  const place = async (epoch: number, offset: bigint, name: string): Promise<void> => {
    await placed(own, anew, epoch, offset, name);
    at.tell({ topic: 'transactions.v1', partition: 0, epoch, next: offset + 1n, rows: 1, recorded: '2012-05-01 10:00:00' });
  };
  // Twice, so that a settling adds.
  await place(1, 0n, 'C1');
  await at.catchUp();
  await place(1, 1n, 'C2');
  await at.catchUp();

  await place(1, 2n, 'C3');
  await place(2, 0n, 'D1');
  cutOff = true;
  await expect(at.step()).rejects.toThrow('cut off');
  cutOff = false;
  for (let committed = await at.step(); committed; committed = await at.step()) await at.settle();
  expect(
    await clickhouse.query(
      sql`SELECT dimension, sum(orders) AS orders FROM ${ident(anew.database, 'agg_kpi')} FINAL WHERE grain = 'day' AND dimension IN ('all', 'country') GROUP BY dimension ORDER BY dimension`,
    ),
  ).toEqual([
    { dimension: 'all', orders: '4' },
    { dimension: 'country', orders: '4' },
  ]);
});

it.each(['fact_sales', 'agg_headline', 'watermark_live'])('adds to what stands, after a step that was cut off at %s', async (table) => {
  const shops = new ShopRepository(clickhouse);
  const cut = await shops.register({
    ...{ shop: `cut-${table.replace('_', '-')}`, timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' },
  });
  await shops.prepare(cut);
  let cutOff = false;
  const own = new LedgerRepository(clickhouse);
  const failing = failingOn(table, () => cutOff);
  const gate = new ShopGate(new WatermarkRepository(clickhouse));
  const at = Refresher.over(failing, cut, gate, { rowCap: 10_000, now: () => new Date(), claimedBy: 'cut' }, own);
  await at.claim();
  let offset = 0n;
  const added = async (name: string): Promise<boolean | undefined> => {
    await placed(own, cut, 1, offset, name);
    offset += 1n;
    at.tell({ topic: 'transactions.v1', partition: 0, epoch: 1, next: offset, rows: 1, recorded: '2012-05-01 10:00:00' });
    return (await at.step())?.timings.has('headline_added');
  };
  await at.catchUp();
  expect([await added('C1'), await added('C2')]).toEqual([true, true]);
  cutOff = true;
  await expect(added('C3')).rejects.toThrow('cut off');
  cutOff = false;
  expect([await added('C4'), await added('C5')]).toEqual([false, true]);
  expect(await clickhouse.query(sql`SELECT grain, gross, orders FROM ${ident(cut.database, 'agg_headline')} FINAL ORDER BY grain`)).toEqual(
    ['slice', 'minute', 'hour', 'day', 'month'].map((grain) => ({ grain, gross: '66.25', orders: '5' })),
  );
});

it.each([
  ['before its keys', 'dim_customer_keys', false],
  ['after its keys', 'dim_customer_keys', true],
  ['after its facts', 'fact_sales', true],
])('gives each customer a key of his own, when a step of new ones was cut off %s were written', async (when, table, carriedOut) => {
  let cutOff = true;
  const gate = new ShopGate(new WatermarkRepository(clickhouse));
  const options = { rowCap: 10_000, now: () => new Date(), claimedBy: 'keys' };
  const failing = Refresher.over(
    failingOn(table, () => cutOff, carriedOut),
    shop,
    gate,
    options,
    ledger,
  );
  await failing.claim();
  const place = async (name: string): Promise<void> => {
    const offset = next.get('transactions.v1') ?? 0n;
    await placed(ledger, shop, 1, offset, name);
    next.set('transactions.v1', offset + 1n);
  };
  await place(`zoe ${when}`);
  await expect(failing.step()).rejects.toThrow('cut off');
  // Before her by name: the next attempt numbers both anew, or finds her.
  await place(`ann ${when}`);
  cutOff = false;
  await failing.catchUp();
  const own = (name: string) => ident(shop.database, name);
  const [keys] = await clickhouse.query(
    sql`SELECT uniqExact(customer_id) = count() AS ids, uniqExact(customer_key) = count() AS keys FROM ${own('dim_customer_keys')}`,
  );
  expect(keys).toEqual({ ids: 1, keys: 1 });
  const sold = await clickhouse.query(
    sql`SELECT k.customer_id AS customer, count() AS lines FROM ${own('fact_sales')} AS s FINAL INNER JOIN ${own('dim_customer_keys')} AS k USING customer_key
      WHERE endsWith(order_id, ${when}) GROUP BY customer ORDER BY customer`,
  );
  expect(sold).toEqual([`ann ${when}`, `zoe ${when}`].map((customer) => ({ customer, lines: '2' })));
});

it('asks the ledger again after a question that was not answered, though nobody wrote', async () => {
  let fails = false;
  const failing = Object.create(clickhouse, {
    query: {
      value: (...query: Parameters<ClickHouse['query']>): Promise<unknown[]> =>
        fails && query[0].text.includes('maxOrNullIf') ? Promise.reject(new Error('too much memory')) : clickhouse.query(...query),
    },
  }) as ClickHouse;
  const options = { rowCap: 10_000, now: () => new Date(), claimedBy: 'unanswered' };
  const asking = Refresher.over(failing, shop, new ShopGate(new WatermarkRepository(clickhouse)), options);
  await asking.claim();
  await asking.catchUp();
  const offset = next.get('transactions.v1') ?? 0n;
  await placed(ledger, shop, 1, offset, 'unanswered');
  next.set('transactions.v1', offset + 1n);
  fails = true;
  await expect(asking.step()).rejects.toThrow('too much memory');
  fails = false;
  expect(await asking.step()).toBeDefined();
});

it('asks the ledger again only after somebody wrote it', async () => {
  let asked = 0;
  const counting = Object.create(clickhouse, {
    query: {
      value: (...query: Parameters<ClickHouse['query']>): Promise<unknown[]> => {
        asked += 1;
        return clickhouse.query(...query);
      },
    },
  }) as ClickHouse;
  const options = { rowCap: 10_000, now: () => new Date(), claimedBy: 'looking' };
  const looking = Refresher.over(counting, shop, new ShopGate(new WatermarkRepository(clickhouse)), options);
  await looking.claim();
  await looking.catchUp();
  asked = 0;
  for (let look = 0; look < 3; look += 1) expect(await looking.step()).toBeUndefined();
  expect(asked).toBe(0);
  // By another way than the writer that tells this refresher.
  const offset = next.get('transactions.v1') ?? 0n;
  await placed(ledger, shop, 1, offset, 'unheard');
  next.set('transactions.v1', offset + 1n);
  expect(await looking.step()).toBeDefined();
});

it('says partial after one that died while it settled what no checkpoint knew of, until that is settled', async () => {
  const shops = new ShopRepository(clickhouse);
  const torn = await shops.register({ shop: 'torn', timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' });
  await shops.prepare(torn);
  const own = new LedgerRepository(clickhouse);
  let cutOff = false;
  // No time passes, so that there is no second checkpoint.
  const options = { rowCap: 1, now: () => new Date(), claimedBy: 'torn', elapsed: () => 0 };
  const begin = async (): Promise<{ at: Refresher; partial: () => Promise<boolean> }> => {
    const gate = new ShopGate(new WatermarkRepository(clickhouse));
    const at = Refresher.over(
      failingOn('agg_customer', () => cutOff),
      torn,
      gate,
      options,
      own,
    );
    await at.claim();
    return { at, partial: async () => (await gate.read(torn, () => Promise.resolve())).stamp.partial };
  };
  const orders = async (): Promise<unknown> =>
    clickhouse.query(sql`SELECT orders FROM ${ident(torn.database, 'agg_kpi')} FINAL WHERE grain = 'month' AND dimension = 'all'`);

  const first = await begin();
  expect(await first.partial()).toBe(false);
  await placed(own, torn, 1, 0n, 'T1');
  await first.at.catchUp();
  await placed(own, torn, 1, 1n, 'T2', 'T3');
  await first.at.follow();
  cutOff = true;
  await expect(first.at.settle()).rejects.toThrow('cut off');
  cutOff = false;
  // It moved what is written before customers, and its watermark still says that there is one.
  expect(await orders()).toEqual([{ orders: '3' }]);

  // The live watermark ends with the engine.
  await clickhouse.command(sql`TRUNCATE TABLE ${ident(torn.database, 'watermark_live')}`);
  const next = await begin();
  expect([next.at.live?.generation, await next.partial()]).toEqual([next.at.watermark?.generation, true]);
  // One of the two is settled: the other one may be in the tables, too.
  await next.at.step();
  await next.at.settle();
  expect(await next.partial()).toBe(true);
  await next.at.catchUp();
  expect(await next.partial()).toBe(false);

  // No step passes the beginning of an epoch that has no message yet.
  await own.append(torn, 'returns.v1', [epochRow('returns.v1', 2, 2, new Date())]);
  expect(await (await begin()).partial()).toBe(false);
  expect(await orders()).toEqual([{ orders: '3' }]);
});
