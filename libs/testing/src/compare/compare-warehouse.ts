import { ident, join, sql, type ClickHouse, type Sql } from '#clickhouse';
import type { Level } from '#warehouse';
import type { Oracle, OracleShop } from '../oracle/index.js';
import { describeDifferences, differencesIn, type Difference } from './difference.js';
import { ledgerDifferences } from './ledger.js';
import { idSet, type Cell, type Cells, type ExpectedTable } from './expected-table.js';
import { expectedTables, liveTables } from './expected-tables.js';

export interface CompareOptions {
  /** Leaves out the refreshable views; for runs that do not refresh them. */
  readonly withoutViews?: boolean;
  /** Leaves out what the ledger counts; for other messages that mean the same. */
  readonly withoutLedger?: boolean;
  /** Compares the tables of one level only, with an oracle folded up to that level's watermark. */
  readonly level?: Level;
  /** Where the first twenty differences are printed; standard error by default. */
  readonly print?: (text: string) => void;
}

/**
 * Compares every cell of a shop's warehouse with the oracle: ledger verdicts, facts, derived tables, dimensions, views.
 * The tables must be at rest: the refresher has caught up and, unless `withoutViews`, the views are refreshed.
 * One table or part of one is held in memory at a time.
 * @param database the shop's, `shop_online_retail`
 * @param shop what the shop is registered with; must be what the oracle was folded with
 * @returns all differences, none when the warehouse is exact
 * @throws {RangeError} when `shop` is not the oracle's
 */
export async function compareWarehouse(
  clickhouse: ClickHouse,
  database: string,
  oracle: Oracle,
  shop: OracleShop,
  options: CompareOptions = {},
): Promise<Difference[]> {
  if (shop.timeZone !== oracle.shop.timeZone || shop.currency !== oracle.shop.currency) {
    throw new RangeError(
      `The oracle was folded for ${oracle.shop.timeZone} and ${oracle.shop.currency}, the shop has ${shop.timeZone} and ${shop.currency}. Fold it with the shop's settings.`,
    );
  }
  const { customers, differences } = await customerKeys(clickhouse, database);
  if (options.level === undefined && !options.withoutLedger) differences.push(...(await ledgerDifferences(clickhouse, database, oracle)));
  const read = await reader(clickhouse, database);
  for (const table of expectedTables(oracle)) {
    if (options.level !== undefined && (options.level === 'live') !== liveTables.has(table.table)) continue;
    if (options.withoutViews && table.table.startsWith('mv_')) continue;
    differences.push(...differencesIn(table, cellsOf(await read(table), customers)));
  }
  if (differences.length > 0) (options.print ?? ((text: string) => process.stderr.write(`${text}\n`)))(describeDifferences(differences));
  return differences;
}

/** Dense key -> customer id. Each id has one key, each key one id, and 0 is the guest's. */
async function customerKeys(
  clickhouse: ClickHouse,
  database: string,
): Promise<{ customers: Map<number, string>; differences: Difference[] }> {
  const rows = await clickhouse.query<{ customer_id: string; customer_key: number }>(
    sql`SELECT customer_id, customer_key FROM ${ident(database, 'dim_customer_keys')}`,
  );
  const customers = new Map([[0, '']]);
  const keys = new Map<string, number>();
  const differences: Difference[] = [];
  for (const { customer_id: id, customer_key: key } of rows) {
    const differs = (column: string, expected: string, actual: string): number =>
      differences.push({ table: 'dim_customer_keys', key: id, column, expected, actual });
    const owner = customers.get(key);
    if (owner !== undefined) differs('customer_key', 'a key of its own', `${key}, which is that of ${owner === '' ? 'guests' : owner}`);
    if (keys.has(id)) differs('customer_id', `one key, ${keys.get(id)}`, `another one, ${key}`);
    customers.set(key, id);
    keys.set(id, key);
  }
  return { customers, differences };
}

/** As the store's JSON has it: 64-bit integers and decimals as text, a bitmap as an array of keys. */
type Value = string | number | boolean | null | number[];

/** A statement costs tens of milliseconds whatever it reads: of a table of no more rows all parts are read at once. */
const fewRows = 20_000;

/** Reads tables or parts of them; the parts of one table must be asked for one after the other. */
async function reader(clickhouse: ClickHouse, database: string): Promise<(table: ExpectedTable) => Promise<Record<string, Value>[]>> {
  const small = await clickhouse.query<{ name: string }>(
    sql`SELECT name FROM system.tables WHERE database = ${database} AND total_rows <= ${fewRows}`,
  );
  const names = new Set(small.map(({ name }) => name));
  let whole: { readonly table: string; readonly rows: Record<string, Value>[] } | undefined;
  return async (table) => {
    const part = Object.entries(table.part);
    if (part.length === 0 || !names.has(table.table)) return clickhouse.query(readAll(database, table));
    if (whole?.table !== table.table) {
      const columns = [...part.map(([column]) => column), ...table.columns];
      whole = { table: table.table, rows: await clickhouse.query(readAll(database, { ...table, part: {}, columns })) };
    }
    return whole.rows.filter((row) => part.every(([column, value]) => row[column] === value));
  };
}

const replacingTables = /^(fact|facts|dim|agg)_/;

function readAll(database: string, table: ExpectedTable): Sql {
  const columns = [...table.key, ...table.columns.filter((column) => !table.key.includes(column))].map((column) =>
    column === 'buyers' ? sql`bitmapToArray(buyers) AS buyers` : ident(column),
  );
  const where = Object.entries(table.part).map(([column, value]) => sql`${ident(column)} = ${value}`);
  const final = replacingTables.test(table.table) ? sql`FINAL` : sql``;
  return sql`SELECT ${join(columns)} FROM ${ident(database, table.table)} ${final} WHERE ${where.length > 0 ? join(where, ' AND ') : sql`1`}`;
}

function* cellsOf(rows: Iterable<Record<string, Value>>, customers: ReadonlyMap<number, string>): Iterable<Cells> {
  const customer = (key: number): string => customers.get(key) ?? `(no customer has key ${key})`;
  for (const row of rows) {
    const cells: Record<string, Cell> = {};
    for (const [column, value] of Object.entries(row)) {
      if (column === 'customer_key') cells[column] = customer(Number(value));
      else if (column === 'buyers') cells[column] = idSet((value as number[]).map(customer));
      else cells[column] = value === null ? null : String(value);
    }
    yield cells;
  }
}
