import { ident, join, sql, type ClickHouse, type Sql } from '#clickhouse';
import type { Shop } from '#warehouse';
import { countries, payments, type LoadShape } from './load.js';

const perInsert = 500_000;
const offsetless = sql`'transactions.v1' AS topic, 0 AS missing, 'accepted' AS verdict, 'tideline.transaction.placed.v1' AS type, 1 AS revision`;

/**
 * Puts the first orders of a load into the ledger as if they had been consumed, made by the engine: `loadOrder` in SQL, without payloads.
 * @param partitions over which they are spread in turn
 */
export async function storeOrders(clickhouse: ClickHouse, shop: Shop, shape: LoadShape, count: number, partitions: number): Promise<void> {
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
