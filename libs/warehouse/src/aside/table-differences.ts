import { ident, join, sql, type ClickHouse, type Sql } from '#clickhouse';
import type { Column, ComparedTable } from './figure-tables.js';

/** One cell that is not what it should be. A row that is missing or too many differs in its `(row)`. */
export interface CellDifference {
  readonly table: string;
  /** `grain=day, dimension=country, bucket=2011-12-01 00:00:00, member=EIRE` */
  readonly key: string;
  readonly column: string;
  /** Null where there should be no such row. */
  readonly expected: string | null;
  /** Null where there is none. */
  readonly actual: string | null;
}

/** How the comparison of a table went. */
export interface TableComparison {
  readonly table: string;
  /** Rows that it should hold. */
  readonly rows: number;
  /** The first cell that differs of each key that does, of those that were looked at one by one. */
  readonly differences: readonly CellDifference[];
  /** Whether more may differ than were looked at. */
  readonly more: boolean;
}

/** One of the two tables, or a part of it. */
export interface Side {
  readonly table: Sql;
  readonly where?: Sql;
}

/** Rows fall into so many chunks by the hash of their key: a sum per chunk says which ones hold a difference. */
const chunks = 1024;
/** What is looked at key by key, at most. */
const mostChunks = 16;
const mostKeys = 1000;

/**
 * Compares two tables that should say the same, whatever the order of their rows. First one sum of hashes per chunk of either, which
 * needs no memory; key by key only where the sums differ.
 */
export async function compareTables(clickhouse: ClickHouse, of: ComparedTable, expected: Side, actual: Side): Promise<TableComparison> {
  const sums = await clickhouse.query<{ chunk: number; rows: string; differs: number }>(chunkSumsSql(of, expected, actual));
  const rows = sums.reduce((sum, each) => sum + Number(each.rows), 0);
  const differing = sums.filter((each) => each.differs).map((each) => each.chunk);
  if (differing.length === 0) return { table: of.name, rows, differences: [], more: false };
  const looked = differing.slice(0, mostChunks);
  const keys = await clickhouse.query<DifferingKey>(differingKeysSql(of, expected, actual, looked));
  return {
    table: of.name,
    rows,
    differences: keys.map((each) => firstCell(of, each)),
    more: keys.length === mostKeys || differing.length > looked.length,
  };
}

interface DifferingKey {
  readonly key: readonly string[];
  readonly expected: readonly (readonly string[])[];
  readonly actual: readonly (readonly string[])[];
}

function chunkSumsSql(of: ComparedTable, expected: Side, actual: Side): Sql {
  const side = (which: number, from: Side): Sql => sql`SELECT ${which} AS side, toUInt32(${chunkOf(of)}) AS chunk, count() AS n,
    sum(cityHash64(${list([...of.key, ...of.values], hashed)})) AS h FROM ${rowsOf(of, from)} GROUP BY chunk`;
  return sql`SELECT chunk, sumIf(n, side = 0) AS rows, sumIf(n, side = 0) != sumIf(n, side = 1) OR sumIf(h, side = 0) != sumIf(h, side = 1) AS differs
FROM (${side(0, expected)} UNION ALL ${side(1, actual)}) GROUP BY chunk ORDER BY chunk`;
}

function differingKeysSql(of: ComparedTable, expected: Side, actual: Side, looked: readonly number[]): Sql {
  const side = (which: number, from: Side): Sql => sql`SELECT ${which} AS side, [${list(of.key, text)}]::Array(String) AS key,
    [${list(of.values, text)}]::Array(String) AS row FROM ${rowsOf(of, from, sql`${chunkOf(of)} IN ${looked}`)}`;
  return sql`SELECT key, arraySort(groupArrayIf(row, side = 0)) AS expected, arraySort(groupArrayIf(row, side = 1)) AS actual
FROM (${side(0, expected)} UNION ALL ${side(1, actual)}) GROUP BY key HAVING expected != actual ORDER BY key LIMIT ${mostKeys}`;
}

function rowsOf(of: ComparedTable, { table, where }: Side, also?: Sql): Sql {
  const wheres = [where, also].filter((each) => each !== undefined);
  return sql`${table}${of.replacing ? sql` FINAL` : sql``}${wheres.length === 0 ? sql`` : sql` WHERE ${join(wheres, ' AND ')}`}`;
}

function chunkOf(of: ComparedTable): Sql {
  return sql`cityHash64(${list(of.key, hashed)}) % ${chunks}`;
}

function list(columns: readonly Column[], as: (column: Column) => Sql): Sql {
  return join(columns.map(as));
}

/** Columns of these types are hashed as they are; a NULL would make the whole hash NULL, and not every type can be hashed. */
const plain = /^(LowCardinality\()?(String|U?Int\d+|Decimal|Date|Enum|Bool)/;

function hashed(column: Column): Sql {
  return plain.test(column.type) ? ident(column.name) : text(column);
}

/** A cell as people read it. A set of buyers is told by its size and a fingerprint: it may hold a million of them. */
function text({ name, type }: Column): Sql {
  const column = ident(name);
  if (type.startsWith('AggregateFunction(groupBitmap'))
    return sql`concat(toString(bitmapCardinality(${column})), ' buyers, set ', lower(hex(cityHash64(arraySort(bitmapToArray(${column}))))))`;
  return type.includes('Nullable(') && !type.startsWith('Array') ? sql`ifNull(toString(${column}), 'nothing')` : sql`toString(${column})`;
}

function firstCell(of: ComparedTable, differing: DifferingKey): CellDifference {
  const { expected, actual } = differing;
  const key = of.key.map(({ name }, index) => `${name}=${differing.key[index] ?? ''}`).join(', ');
  const row = (values: readonly string[] | undefined): string | null =>
    values === undefined ? null : of.values.map(({ name }, index) => `${name}=${values[index] ?? ''}`).join(', ') || 'the row';
  const wrong = of.values.findIndex((_, index) => expected[0]?.[index] !== actual[0]?.[index]);
  const column = of.values[wrong]?.name;
  if (expected.length === 1 && actual.length === 1 && column !== undefined)
    return { table: of.name, key, column, expected: expected[0]?.[wrong] ?? null, actual: actual[0]?.[wrong] ?? null };
  // Rows of one key that ought to be one: what there is too much or too little of.
  const lacking = expected.find((each) => !actual.some((other) => same(each, other)));
  const excess = actual.find((each) => !expected.some((other) => same(each, other)));
  if (lacking === undefined && excess === undefined)
    return { table: of.name, key, column: '(row)', expected: `${expected.length} of it`, actual: `${actual.length} of it` };
  return { table: of.name, key, column: '(row)', expected: row(lacking), actual: row(excess) };
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.every((value, index) => value === right[index]);
}
