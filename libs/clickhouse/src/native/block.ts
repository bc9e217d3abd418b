import { setImmediate } from 'node:timers/promises';
import { Bytes } from './bytes.js';
import { bitmapType, columnWriter, type Cell, type ColumnType } from './column-types.js';

/** Columns in insert order, and what each one is of a row. */
export type Columns<Row> = Readonly<Record<string, { readonly type: ColumnType; readonly of: (row: Row) => Cell }>>;

/** Columns of rows that are lists of cells in insert order. */
export function columnsOf(types: Readonly<Record<string, ColumnType>>): Columns<readonly unknown[]> {
  const columns = Object.entries(types).map(([name, type], place) => [name, { type, of: (row: readonly unknown[]) => row[place] as Cell }]);
  return Object.fromEntries(columns) as Columns<readonly unknown[]>;
}

/** Rows in ClickHouse's format `Native`: column after column, each value as the bytes that the engine keeps. */
export type Block = Uint8Array;

/** Of fewer rows lines of JSON are as quick to make and to read, and need no file on their way into the embedded engine. */
const few = 200;

/** Rows as they go to the engine: in its own format, or few of them as lines of JSON, where no column is a set. */
export async function encoded<Row>(columns: Columns<Row>, rows: readonly Row[]): Promise<Block | string> {
  const all = Object.values(columns);
  if (rows.length >= few || all.some(({ type }) => type === bitmapType)) return blockOf(columns, rows);
  const cells = all.map(({ of }) => of);
  return rows.map((row) => jsonLine(cells.map((of) => of(row)))).join('\n');
}

/**
 * Cells as a line of JSONCompactEachRow. Whole numbers of 64 bits become text. So does half of a surrogate pair U+FFFD: as JSON writes it,
 * the engine would refuse the line.
 */
export function jsonLine(cells: readonly unknown[]): string {
  return JSON.stringify(cells, (_key, value: unknown) => {
    if (typeof value === 'string') return value.toWellFormed();
    return typeof value === 'bigint' ? value.toString() : value;
  });
}

/** Written in one go: whoever waits for an answer of the store need not wait for all of it. */
const goMs = 4;

/**
 * Rows as one block. Neither side has to parse anything: for what is written by the thousand.
 * @throws {TypeError} where a cell is not of its column's type
 */
async function blockOf<Row>(columns: Columns<Row>, rows: readonly Row[]): Promise<Block> {
  const out = new Bytes();
  const entries = Object.entries(columns);
  out.count(entries.length);
  out.count(rows.length);
  let began = performance.now();
  for (const [name, { type, of }] of entries) {
    if (performance.now() - began > goMs) {
      await setImmediate();
      began = performance.now();
    }
    out.text(name);
    out.text(type);
    try {
      columnWriter(type)(out, rows.map(of));
    } catch (error) {
      throw new TypeError(`Column ${name}, ${type}: ${(error as Error).message}.`, { cause: error });
    }
  }
  return out.done();
}
