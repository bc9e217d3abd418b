import { openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { atMost, exactly, openShop, percentile, type Measure } from '#testing';
import { FeatureReads, tableOf, type FeatureChunk, type Shop } from '#warehouse';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';

export const customers = 50_000;
const ordersEach = 5;
const rounds = 15;
export const moment = { asOf: new Date('2026-01-01T00:00:00Z'), mbg: { r: 0.83, alpha: 61.5, a: 0.71, b: 2.3 } };

/**
 * Features of 50,000 customers with 250,000 orders in two years: all of them now, all at a past instant, some and one; and whether what
 * the two sources give is the same, bit for bit.
 */
export async function features(work: string): Promise<Measure[]> {
  const clickhouse = await openEmbedded(join(work, 'store'));
  try {
    const shop = await openShop(clickhouse, 'features', { timeZone: 'Europe/London', currency: 'EUR' });
    await fill(clickhouse, shop);
    const reads = new FeatureReads(clickhouse);
    const now = await timed(5, () => collected(reads.sweep(shop, moment)));
    const past = await timed(3, () => collected(reads.past(shop, moment)));
    const some = async (keys: readonly number[]): Promise<number> =>
      percentile((await timed(rounds, () => collected(reads.touched(shop, { keys }, moment)))).times, 0.5);
    const keys = (count: number): number[] => Array.from({ length: count }, (_, index) => 1 + index * Math.floor(customers / count));
    const [gap, rows] = await longestGap(() => collected(reads.sweep(shop, moment)));
    return [
      // The bar is that of scores and reasons, features included.
      atMost(`features of all ${rows.size} customers now, slowest of 5`, Math.max(...now.times), 'ms', 1_500),
      atMost('the same at a past instant, slowest of 3', Math.max(...past.times), 'ms', 5_000),
      atMost('features of one customer, median', await some(keys(1)), 'ms', 100),
      atMost('features of 100 customers, median', await some(keys(100)), 'ms', 200),
      atMost('features of 2,000 customers, median', await some(keys(2_000)), 'ms', 400),
      atMost('longest gap of the event loop meanwhile', gap, 'ms', 20),
      exactly('customers whose features differ between the sources', differing(now.value, past.value), 'customers', 0),
    ];
  } finally {
    await clickhouse.close();
  }
}

/** Rows as ingestor and refresher leave them, in several parts: five orders a customer, of one or two lines, spread at random. */
export async function fill(clickhouse: ClickHouse, shop: Shop, count = customers): Promise<void> {
  const orders = count * ordersEach;
  const keys = tableOf(shop, 'dim_customer_keys');
  const ledger = tableOf(shop, 'ledger_transactions');
  const facts = tableOf(shop, 'facts_by_customer');
  await clickhouse.command(
    sql`INSERT INTO ${keys} (customer_id, customer_key) SELECT concat('C', toString(number + 1)), number + 1 FROM numbers(${count})`,
  );
  const [parts, seconds] = [10, Math.floor((730 * 86_400) / orders)];
  for (let part = 0; part < parts; part += 1) {
    await clickhouse.command(sql`INSERT INTO ${ledger} (partition, epoch, offset, topic, verdict, event_id, entity_id, revision, hash, event_time,
    recorded_time, order_id, order_time, customer_id, order_discount, lines.line, lines.product_id, lines.quantity, lines.unit_price, lines.discount, lines.unit_cost)
SELECT 0, 1, n, 'transactions.v1', 'accepted', toString(n), concat('o:', toString(n)), 1, lower(hex(MD5(toString(n)))), at, at, toString(n), at,
    concat('C', toString(cityHash64(n, 1) % ${count} + 1)), cityHash64(n, 2) % 3, arrayResize([1, 2], size),
    arrayResize([toString(cityHash64(n, 3) % 1000), toString(cityHash64(n, 4) % 1000)], size), arrayResize([1, 2], size),
    arrayResize([toDecimal64(cityHash64(n, 5) % 10000, 6) / 100, toDecimal64(cityHash64(n, 6) % 10000, 6) / 100], size),
    arrayResize([toDecimal64('0.5', 6), toDecimal64('0.25', 6)], size), arrayResize([toNullable(toDecimal64(1, 6)), NULL], size)
FROM
(
    SELECT number + ${(part * orders) / parts} AS n, 1 + (cityHash64(n, 7) % 10 > 5) AS size, toDateTime64('2024-01-01 00:00:00', 3, 'UTC') + n * ${seconds} AS at
    FROM numbers(${orders / parts})
)`);
  }
  for (let part = 0; part < 6; part += 1) {
    await clickhouse.command(sql`INSERT INTO ${facts}
SELECT
    toStartOfMonth(toTimeZone(order_time, ${shop.timeZone})), k.customer_key, 'sale', order_id, l.line, order_time, l.product_id, l.quantity,
    toDecimal128(l.unit_price, 6) * l.quantity, toDecimal128(l.discount, 6) + if(l.line = 1, order_discount, 0), 0, 5, 0
FROM ${ledger} ARRAY JOIN lines AS l INNER JOIN ${keys} AS k USING (customer_id) WHERE offset % 6 = ${part}`);
  }
}

/** Customer -> the bytes of its row. */
async function collected(chunks: AsyncIterable<FeatureChunk>): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  for await (const { customerIds, values } of chunks) {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const width = bytes.length / customerIds.length;
    customerIds.forEach((id, row) => rows.set(id, bytes.toString('latin1', row * width, (row + 1) * width)));
    // As a scorer does, who has others on the thread.
    await breathe();
  }
  return rows;
}

async function timed<T>(times: number, work: () => Promise<T>): Promise<{ times: number[]; value: T }> {
  const taken: number[] = [];
  let value = await work();
  for (let round = 0; round < times; round += 1) {
    const begun = performance.now();
    value = await work();
    taken.push(performance.now() - begun);
  }
  return { times: taken, value };
}

/** The longest time, in milliseconds, for which nothing else could run while `work` did. */
export async function longestGap<T>(work: () => Promise<T>): Promise<[number, T]> {
  let [longest, last] = [0, performance.now()];
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  try {
    const value = await work();
    return [longest, value];
  } finally {
    clearInterval(timer);
  }
}

function differing(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): number {
  return [...new Set([...one.keys(), ...other.keys()])].filter((id) => one.get(id) !== other.get(id)).length;
}
