/** What a cell shows, as ClickHouse prints it; a set of customers as a JSON array of their ids. */
export type Cell = string | null;
export type Cells = Readonly<Record<string, Cell>>;

/** The rows that a table, or a part of one, must hold. Rows are made as they are read: a shop has many. */
export interface ExpectedTable {
  readonly table: string;
  /** Which rows of it, as column = value; `{}` is all of them. */
  readonly part: Readonly<Record<string, string>>;
  /** Columns that name a row; `customer_key` is shown as the customer's id, '' for a guest. */
  readonly key: readonly string[];
  readonly columns: readonly string[];
  rows(): Iterable<Cells>;
  /** Rows that may be there or not, and what they must hold if they are; see `DimensionRows.mayExist`. */
  mayExist?(): Iterable<Cells>;
}

/** Key columns of a row as one text. */
export function keyOf(table: Pick<ExpectedTable, 'key'>, row: Cells): string {
  return table.key.map((column) => row[column]).join(' | ');
}

/** A set of ids as one text. */
export function idSet(ids: Iterable<string>): string {
  return JSON.stringify([...ids].sort((a, b) => (a < b ? -1 : 1)));
}
