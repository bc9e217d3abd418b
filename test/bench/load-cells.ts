import { ident, openEmbedded, sql, type ClickHouse } from '#clickhouse';
import { join } from 'node:path';
import { loadOrder, type LoadShape } from './load.js';

/** What a cell of a KPI must say. */
interface Sums {
  cents: number;
  orders: number;
  units: number;
  readonly buyers: Set<string>;
}

/** Milliseconds of the grains whose buckets begin at a multiple of them in UTC; the month is worked out. */
const lengths = { slice: 5_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * Cells of a stopped instance that differ from a plain fold over a load: every bucket of the headline at every grain; country, payment
 * and product by day; what each customer bought. The shop's zone is UTC.
 */
export async function differingCells(data: string, shop: string, shape: LoadShape, orders: number): Promise<number> {
  const expected = foldLoad(shape, orders);
  const clickhouse = await openEmbedded(join(data, 'clickhouse'));
  let differing = 0;
  try {
    for (const [key, actual] of await cellsOf(clickhouse, `shop_${shop.replaceAll('-', '_')}`)) {
      if (expected.get(key) !== actual) differing += 1;
      expected.delete(key);
    }
  } finally {
    await clickhouse.close();
  }
  return differing + expected.size;
}

function foldLoad(shape: LoadShape, count: number): Map<string, string> {
  const sums = new Map<string, Sums>();
  for (let number = 0; number < count; number += 1) {
    const order = loadOrder(shape, number);
    const day = bucket(order.at, 'day');
    const keys = [
      ...(Object.keys(lengths) as (keyof typeof lengths)[]).map((grain) => `${grain} ${bucket(order.at, grain)}`),
      `month ${Math.floor(Date.UTC(new Date(order.at).getUTCFullYear(), new Date(order.at).getUTCMonth()) / 1_000)}`,
      ...[`country ${order.country} ${day}`, `payment ${order.payment} ${day}`, `product ${order.productId} ${day}`],
      `customer ${order.customerId}`,
    ];
    for (const key of keys) {
      let sum = sums.get(key);
      if (!sum) sums.set(key, (sum = { cents: 0, orders: 0, units: 0, buyers: new Set() }));
      sum.cents += order.cents * order.quantity;
      sum.orders += 1;
      sum.units += order.quantity;
      sum.buyers.add(order.customerId);
    }
  }
  return new Map([...sums].map(([key, { cents, orders, units, buyers }]) => [key, `${cents} ${orders} ${units} ${buyers.size}`]));
}

/** Unix seconds. */
function bucket(at: number, grain: keyof typeof lengths): number {
  return (Math.floor(at / lengths[grain]) * lengths[grain]) / 1_000;
}

async function cellsOf(clickhouse: ClickHouse, database: string): Promise<[string, string][]> {
  const figures = sql`toString(toInt64(gross * 100)) AS cents, toString(orders) AS orders, toString(units) AS units`;
  const rows = await clickhouse.query<{ key: string; cents: string; orders: string; units: string; buyers: string }>(
    sql`SELECT concat(toString(grain), ' ', toString(toUnixTimestamp(bucket))) AS key, ${figures}, toString(bitmapCardinality(buyers)) AS buyers
FROM ${ident(database, 'agg_headline')} FINAL
UNION ALL
SELECT concat(toString(dimension), ' ', member, ' ', toString(toUnixTimestamp(bucket))), ${figures}, toString(bitmapCardinality(buyers))
FROM ${ident(database, 'agg_kpi')} FINAL WHERE grain = 'day' AND dimension IN ('country', 'payment', 'product')
UNION ALL
SELECT concat('customer ', customer_id), ${figures}, '1'
FROM ${ident(database, 'agg_customer')} AS c FINAL INNER JOIN ${ident(database, 'dim_customer_keys')} AS k USING customer_key`,
  );
  return rows.map(({ key, cents, orders, units, buyers }) => [key, `${cents} ${orders} ${units} ${buyers}`]);
}
