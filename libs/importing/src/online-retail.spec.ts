import { Zone } from '#clock';
import { topics, type Order, type Return } from '#contracts';
import { parse } from 'csv-parse/sync';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildEvents, type OutgoingEvent } from './events.js';
import type { Collected } from './documents.js';
import { loadMapping } from './mapping.js';
import { readFiles } from './read-files.js';

/** Published facts of UCI data set 352 (doi 10.24432/C5BW33), as its README states them. */
const months = `
2010-12 823746.14 74789.12 1559
2011-01 691364.56 131364.30 1086
2011-02 523631.89 25569.24 1100
2011-03 717639.36 34372.28 1454
2011-04 537808.62 44601.50 1246
2011-05 770536.02 47202.51 1681
2011-06 761739.90 70616.78 1533
2011-07 719221.19 37921.08 1475
2011-08 748076.32 54333.75 1360
2011-09 1058590.17 38902.55 1837
2011-10 1154979.30 84274.63 2040
2011-11 1509496.33 47740.08 2769
2011-12 638792.68 205124.67 819`;

const path = join(process.env['TIDELINE_DATASETS'] ?? 'datasets', 'online_retail', 'online_retail.csv.gz');

/** Own reading of decimals: the importer's must not vouch for itself. */
function micros(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}
/** Half up, to two digits: the table of the README is rounded. */
const cents = (value: bigint): bigint => (value + 5_000n) / 10_000n;

describe.skipIf(!existsSync(path))(`Online Retail (${path})`, () => {
  const zone = new Zone('Europe/London');
  let read: Collected;
  let events: OutgoingEvent[];
  let orders: Order[];
  let returns: Return[];
  let rejected: string[][];

  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tideline-online-retail-'));
    try {
      const mapping = await loadMapping('online-retail');
      const rejectsPath = join(directory, 'rejects.csv');
      read = await readFiles([path], { mapping, rejectsPath });
      events = [...buildEvents(read, mapping, 'online-retail')];
      rejected = parse(await readFile(rejectsPath, 'utf8')).slice(1);
    } finally {
      await rm(directory, { recursive: true });
    }
    const dataOf = <T>(topic: string): T[] =>
      events.filter((event) => event.topic === topic).map(({ value }) => (JSON.parse(value) as { data: T }).data);
    orders = dataOf<Order>('transactions.v1');
    returns = dataOf<Return>('returns.v1');
  }, 180_000);

  const gross = (list: readonly Order[]): bigint =>
    list.flatMap(({ lines }) => lines).reduce((sum, { quantity, unitPrice }) => sum + BigInt(quantity) * micros(unitPrice), 0n);
  const refunds = (list: readonly Return[]): bigint =>
    list.flatMap(({ lines }) => lines).reduce((sum, { amount }) => sum + micros(amount), 0n);
  const refundedAt = (each: Return): number => (each.status === 'refunded' ? Date.parse(each.refundedAt) : Number.NaN);
  const units = (list: readonly { lines: readonly { quantity: number }[] }[]): number =>
    list.flatMap(({ lines }) => lines).reduce((sum, { quantity }) => sum + quantity, 0);
  const byCustomer = (): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { customerId } of orders) if (customerId) counts.set(customerId, (counts.get(customerId) ?? 0) + 1);
    return counts;
  };

  it('has 541,909 rows: 530,103 sales, 9,288 returns, 2,518 neither, each with a reason', () => {
    expect([read.rows, read.sales, read.returns]).toEqual([541_909, 530_103, 9_288]);
    expect(Object.fromEntries(read.rejected)).toEqual({ 'bad-debt adjustment': 3, 'stock write-off': 1_336, 'price is zero': 1_179 });
    expect(rejected).toHaveLength(2_518);
  });

  it('is 19,959 orders and 3,836 credit notes, none of which names an order', () => {
    expect([orders.length, returns.length]).toEqual([19_959, 3_836]);
    expect(returns.filter(({ orderId }) => orderId !== null)).toEqual([]);
    expect([orders, returns].map((list) => list.reduce((sum, { lines }) => sum + lines.length, 0))).toEqual([530_103, 9_288]);
  });

  it('is worth 10,655,622.484 gross, 896,812.490 returned, to the last digit', () => {
    expect([gross(orders), refunds(returns)]).toEqual([10_655_622_484_000n, 896_812_490_000n]);
    expect(gross(orders) - refunds(returns)).toBe(9_758_809_994_000n);
    expect(gross(orders.filter(({ customerId }) => customerId))).toBe(8_911_407_904_000n);
  });

  it('has 4,338 buyers, 2,845 of them with two orders or more, and 18,532 orders of theirs', () => {
    const counts = [...byCustomer().values()];
    expect([counts.length, counts.filter((count) => count >= 2).length]).toEqual([4_338, 2_845]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(18_532);
  });

  it('has an average order of 533.88 gross and 488.94 net', () => {
    const count = BigInt(orders.length);
    expect([cents(gross(orders) / count), cents((gross(orders) - refunds(returns)) / count)]).toEqual([53_388n, 48_894n]);
  });

  it('is 5,588,375 units sold and 277,574 returned', () => {
    expect([units(orders), units(returns)]).toEqual([5_588_375, 277_574]);
  });

  it('has 3,921 stock codes sold; with its rejected rows 4,070, and 4,372 customers', () => {
    expect(new Set(orders.flatMap(({ lines }) => lines.map(({ productId }) => productId))).size).toBe(3_921);
    // Columns of the rejects file: file, row, reason, then those of the data set.
    const codes = new Set([...read.products.keys(), ...rejected.map((row) => row[4] ?? '')]);
    const customers = new Set([...read.customers.keys(), ...rejected.map((row) => row[9] ?? '')]);
    customers.delete('');
    expect([codes.size, customers.size]).toEqual([4_070, 4_372]);
  });

  it.each(months.trim().split('\n'))('has the month %s', (line) => {
    const [month = '', monthGross = '', monthReturns = '', count = ''] = line.split(' ');
    const sold = orders.filter(({ orderedAt }) => zone.text(Date.parse(orderedAt), false).startsWith(month));
    const returned = returns.filter((each) => zone.text(refundedAt(each), false).startsWith(month));
    expect(sold).toHaveLength(Number(count));
    expect([cents(gross(sold)), cents(refunds(returned))]).toEqual([micros(monthGross) / 10_000n, micros(monthReturns) / 10_000n]);
  });

  it('has its five largest countries', () => {
    const sums = new Map<string, bigint>();
    for (const order of orders) sums.set(order.country ?? '', (sums.get(order.country ?? '') ?? 0n) + gross([order]));
    const top = [...sums].sort(([, a], [, b]) => Number(b - a)).slice(0, 5);
    expect(top.map(([country, sum]) => `${country} ${cents(sum)}`)).toEqual([
      'United Kingdom 901416002',
      'Netherlands 28544634',
      'EIRE 28345396',
      'Germany 22886714',
      'France 20971511',
    ]);
  });

  it('has its five largest products, by name', () => {
    const sums = new Map<string, bigint>();
    for (const { lines } of orders)
      for (const { productId, quantity, unitPrice } of lines)
        sums.set(productId ?? '', (sums.get(productId ?? '') ?? 0n) + BigInt(quantity) * micros(unitPrice));
    for (const other of ['DOT', 'POST', 'M']) sums.delete(other);
    const top = [...sums].sort(([, a], [, b]) => Number(b - a)).slice(0, 5);
    expect(top.map(([code, sum]) => `${code} ${cents(sum)}`)).toEqual([
      '22423 17448474',
      '23843 16846960',
      '85123A 10451880',
      '47566 9950433',
      '85099B 9434005',
    ]);
    expect(read.products.get('85099B')?.name.text).toBe('JUMBO BAG RED RETROSPOT');
  });

  it('keeps the two huge mistakes and what cancelled them', () => {
    const find = (list: readonly { lines: readonly { quantity: number }[] }[]): number[] =>
      list.map((each) => units([each])).filter((count) => count > 70_000);
    expect([find(orders), find(returns)]).toEqual([
      [74_215, 80_995],
      [74_215, 80_995],
    ]);
  });

  it('gives events that fit their contracts (every 20th)', () => {
    for (const { topic, value } of events.filter((_, index) => index % 20 === 0)) {
      const event: unknown = JSON.parse(value);
      expect(
        topics[topic].events.some((contract) => contract.safeParse(event).success),
        value,
      ).toBe(true);
    }
  });
});
