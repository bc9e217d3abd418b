import { ident, join, sql, type ClickHouse, type Sql } from '#clickhouse';
import type { ComparedTable } from '#warehouse';

/** A cell that was changed behind the product's back. */
export interface CorruptCell {
  readonly table: string;
  /** As an audit names it, but for customers: `slice=2023-01-01 00:00:00, order_id=A1, line=1` */
  readonly key: string;
  readonly column: string;
}

/** A value that is surely another one, by the column's type. */
const others: readonly (readonly [RegExp, (cell: Sql) => Sql])[] = [
  [/^Array\(Nullable/, (cell) => sql`arrayMap(each -> 7, ${cell})`],
  [/^Array\((U?Int|Decimal)/, (cell) => sql`arrayMap(each -> each + 1, ${cell})`],
  [/^Array\(String/, (cell) => sql`arrayMap(each -> concat(each, '!'), ${cell})`],
  [/^Map/, () => sql`map('nowhere-0', toUInt64(1))`],
  [/^AggregateFunction\(groupBitmap/, () => sql`bitmapBuild([toUInt32(4000000000)])`],
  [/^(LowCardinality\()?String/, (cell) => sql`concat(${cell}, '!')`],
  [/^Nullable\(Bool/, (cell) => sql`if(${cell} IS NULL, true, NULL)`],
  [/^Nullable/, (cell) => sql`ifNull(${cell} + 1, 7)`],
  [/^Enum8\('accepted'/, () => sql`'rejected'`],
  [/^(U?Int|Float|Decimal|Date)/, (cell) => sql`${cell} + 1`],
];

/** A cell to change, and how. */
export interface CellChange extends CorruptCell {
  /** Which rows it stands in: all generations of one key. */
  readonly where: Sql;
  /** An expression of another value. */
  readonly value: Sql;
}

/**
 * How to change one cell of a table.
 * @param from where its rows stand
 * @param column of the table's values
 * @param at which row, in the order of the key; one with an empty list of lines has no cell to change
 */
export async function cellChange(
  clickhouse: ClickHouse,
  from: Sql,
  table: ComparedTable,
  column: ComparedTable['values'][number],
  at = 0,
): Promise<CellChange> {
  const filled = column.type.startsWith('Array') ? sql`WHERE notEmpty(${ident(column.name)})` : sql``;
  const cells = table.key.map((each) => sql`toString(${ident(each.name)})`);
  const [row] = await clickhouse.query<{ key: string[] }>(
    sql`SELECT [${join(cells)}] AS key FROM ${from} ${table.replacing ? sql`FINAL` : sql``} ${filled} ORDER BY ${join(table.key.map((each) => ident(each.name)))} LIMIT 1 OFFSET ${at}`,
  );
  if (!row) throw new Error(`${table.name} has no row ${at} to corrupt.`);
  const other = others.find(([type]) => type.test(column.type))?.[1];
  if (!other) throw new Error(`No other value is known for ${column.name} ${column.type}.`);
  const where = join(
    cells.map((cell, index) => sql`${cell} = ${row.key[index] ?? ''}`),
    ' AND ',
  );
  const key = table.key.map((each, index) => `${each.name}=${row.key[index] ?? ''}`).join(', ');
  return { table: table.name, key, column: column.name, where, value: other(ident(column.name)) };
}

/** Changes one cell of a table behind the product's back. */
export async function corruptCell(clickhouse: ClickHouse, from: Sql, ...which: CellAt): Promise<CorruptCell> {
  const { where, value, ...cell } = await cellChange(clickhouse, from, ...which);
  await clickhouse.command(sql`ALTER TABLE ${from} UPDATE ${ident(cell.column)} = ${value} WHERE ${where} SETTINGS mutations_sync = 2`);
  return cell;
}

type CellAt = [table: ComparedTable, column: ComparedTable['values'][number], at?: number];

/** Adds a row that no event accounts for: a copy of one that stands, under a key of its own. @returns that key */
export async function plantOrphan(clickhouse: ClickHouse, from: Sql, table: ComparedTable): Promise<string> {
  const column = table.key.find(({ type }) => type.includes('String')) ?? table.key[table.key.length - 1];
  if (!column) throw new Error(`${table.name} has no key.`);
  const name = ident(column.name);
  const planted = column.type.includes('String') ? sql`'orphan'` : sql`${name} + 3000`;
  const order = join(table.key.map((each) => ident(each.name)));
  const orphan = sql`SELECT * REPLACE (${planted} AS ${name}) FROM (SELECT * FROM ${from} ${table.replacing ? sql`FINAL` : sql``} ORDER BY ${order} LIMIT 1)`;
  const cells = join(table.key.map((each) => sql`toString(${ident(each.name)})`));
  const [row] = await clickhouse.query<{ key: string[] }>(sql`SELECT [${cells}] AS key FROM (${orphan})`);
  await clickhouse.command(sql`INSERT INTO ${from} ${orphan}`);
  return table.key.map((each, index) => `${each.name}=${row?.key[index] ?? ''}`).join(', ');
}

/** Takes a row away. */
export async function loseRow(clickhouse: ClickHouse, from: Sql, table: ComparedTable, at = 0): Promise<string> {
  const column = table.values[0] ?? table.key[0];
  if (!column) throw new Error(`${table.name} has no column.`);
  const { where, key } = await cellChange(clickhouse, from, table, { name: column.name, type: 'String' }, at);
  await clickhouse.command(sql`ALTER TABLE ${from} DELETE WHERE ${where} SETTINGS mutations_sync = 2`);
  return key;
}
