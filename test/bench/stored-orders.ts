import { ident, join, sql, type ClickHouse, type Sql } from '#clickhouse';
import { topics } from '#contracts';
import { Refresher } from '#ingestion';
import { LedgerRepository, ShopGate, ShopRepository, WatermarkRepository, type Shop } from '#warehouse';
import { countries, payments, type LoadShape } from './load.js';

const { partitions } = topics['transactions.v1'];
/** Over which stored orders are spread. */
export const storedDays = 730;
const perInsert = 500_000;
/** Rows that a step takes while the stored orders are folded. */
const rowCap = 25_000;
const offsetless = sql`'transactions.v1' AS topic, 0 AS missing, 'accepted' AS verdict, 'tideline.transaction.placed.v1' AS type, 1 AS revision`;

/** A shop that holds the orders of two years, and the parts that bring more of them into its figures. */
export interface StoredShop {
  readonly shop: Shop;
  readonly ledger: LedgerRepository;
  readonly refresher: Refresher;
  /** Of the orders that it holds: two years of them, from the first day of 2024 on. */
  readonly shape: LoadShape;
  /** Where each partition of the ledger ends. */
  readonly next: number;
  /** Orders folded in a second. */
  readonly rate: number;
}

/**
 * Registers a shop, stores orders of two years and folds them, views included.
 * @param customers over whom they are spread; each has twenty by default
 */
export async function storedShop(
  clickhouse: ClickHouse,
  named: Pick<Shop, 'shop' | 'clockMode'>,
  count: number,
  customers = Math.ceil(count / 20),
): Promise<StoredShop> {
  const shops = new ShopRepository(clickhouse);
  await shops.prepareSystem();
  const shop = await shops.register({ ...named, timeZone: 'UTC', currency: 'EUR', fiscalYearStart: 1 });
  await shops.prepare(shop);
  const shape: LoadShape = { name: 'o', perSecond: count / storedDays / 86_400, from: Date.UTC(2024, 0, 1), customers };
  await storeOrders(clickhouse, shop, shape, count);
  const ledger = new LedgerRepository(clickhouse);
  const gate = new ShopGate(new WatermarkRepository(clickhouse));
  const refresher = Refresher.over(clickhouse, shop, gate, { rowCap, now: () => new Date(), claimedBy: 'bench' }, ledger);
  await refresher.claim();
  const begun = performance.now();
  await refresher.catchUp();
  const rate = (count / (performance.now() - begun)) * 1_000;
  await refresher.learnt();
  await refresher.refreshViews();
  return { shop, ledger, refresher, shape, next: Math.ceil(count / partitions), rate };
}

/**
 * Figures that differ from a sum over the ledger, of orders of one line each: every day of the headline, every day of a country, every
 * customer's life.
 */
export async function differingFigures(clickhouse: ClickHouse, database: string): Promise<number> {
  // Where the broker does not have what was stored a new epoch begins, by a row that is no order.
  const ledger = sql`${ident(database, 'ledger_transactions')} WHERE verdict = 'accepted'`;
  const sums = sql`sum(toDecimal128(lines.unit_price[1], 6) * lines.quantity[1]), count(), sum(lines.quantity[1])`;
  const kpis = sql`tuple(gross, orders, units, bitmapCardinality(buyers))`;
  const comparisons = [
    sql`SELECT toString(toDate(order_time)) AS key, tuple(${sums}, uniqExact(customer_id)) AS figures FROM ${ledger} GROUP BY key
    UNION ALL
    SELECT toString(toDate(bucket)), ${kpis} FROM ${ident(database, 'agg_headline')} FINAL WHERE grain = 'day'`,
    sql`SELECT concat(toString(toDate(order_time)), ' ', country) AS key, tuple(${sums}, uniqExact(customer_id)) AS figures FROM ${ledger} GROUP BY key
    UNION ALL
    SELECT concat(toString(toDate(bucket)), ' ', member), ${kpis} FROM ${ident(database, 'agg_kpi')} FINAL WHERE grain = 'day' AND dimension = 'country'`,
    sql`SELECT customer_id AS key, tuple(${sums}, min(order_time), max(order_time)) AS figures FROM ${ledger} GROUP BY key
    UNION ALL
    SELECT customer_id, tuple(gross, orders, units, assumeNotNull(first_order), assumeNotNull(last_order))
    FROM ${ident(database, 'agg_customer')} AS c FINAL INNER JOIN ${ident(database, 'dim_customer_keys')} AS k USING customer_key`,
  ];
  let differing = 0;
  for (const both of comparisons) {
    const [row] = await clickhouse.query<{ n: string }>(
      sql`SELECT count() AS n FROM (SELECT key FROM (${both}) GROUP BY key HAVING uniqExact(figures) != 1 OR count() != 2)`,
    );
    differing += Number(row?.n);
  }
  return differing;
}

/**
 * Puts the first orders of a load into the ledger as if they had been consumed, made by the engine: `loadOrder` in SQL, without payloads,
 * over the partitions in turn.
 */
async function storeOrders(clickhouse: ClickHouse, shop: Shop, shape: LoadShape, count: number): Promise<void> {
  const { name, from, perSecond, customers } = shape;
  for (let start = 0; start < count; start += perInsert) {
    const numbers = sql`numbers(${start}, ${Math.min(perInsert, count - start)})`;
    await clickhouse.command(sql`INSERT INTO ${ident(shop.database, 'ledger_transactions')}
  (partition, epoch, offset, topic, missing, verdict, type, revision, event_id, entity_id, hash, event_time, recorded_time, order_id, order_time,
   customer_id, country, payment_method, \`lines.line\`, \`lines.product_id\`, \`lines.quantity\`, \`lines.unit_price\`, \`lines.discount\`, \`lines.unit_cost\`)
SELECT number % ${partitions} AS partition, 1, intDiv(number, ${partitions}), ${offsetless}, concat('e', id), id, hex(sipHash128(number)), at, at, id, at,
  concat('c', toString(m % ${customers})), arrayElement(${arrayOf(countries)}, 1 + m % ${countries.length}),
  arrayElement(${arrayOf(payments)}, 1 + bitShiftRight(m, 8) % ${payments.length}), [1], [concat('p', toString(bitShiftRight(m, 4) % 1000))], [1 + m % 3],
  [toDecimal64(100 + m % 20000, 6) / 100], [0], [NULL]
FROM
(
  SELECT number, concat(${name}, toString(number)) AS id, fromUnixTimestamp64Milli(toInt64(${from} + floor(number * 1000 / ${perSecond}))) AS at,
    toUInt32(number) AS a, toUInt32(bitXor(a, bitShiftRight(a, 16)) * 2246822507) AS b, toUInt32(bitXor(b, bitShiftRight(b, 13)) * 3266489909) AS c,
    bitXor(c, bitShiftRight(c, 16)) AS m
  FROM ${numbers}
)`);
  }
}

function arrayOf(values: readonly string[]): Sql {
  return sql`[${join(values.map((value) => sql`${value}`))}]`;
}
