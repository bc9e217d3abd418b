import { keyOf, type Cells, type ExpectedTable } from './expected-table.js';

/** One cell that differs. A row that is missing or too many differs in its `(row)`. */
export interface Difference {
  /** With the part of it: `agg_kpi grain=day dimension=all`. */
  readonly table: string;
  readonly key: string;
  readonly column: string;
  readonly expected: string | null;
  readonly actual: string | null;
}

/** Compares rows with what a table must hold. Every cell of every row, and the rows that are missing or too many. */
export function differencesIn(table: ExpectedTable, actualRows: Iterable<Cells>): Difference[] {
  const name = [table.table, ...Object.entries(table.part).map(([column, value]) => `${column}=${value}`)].join(' ');
  const differences: Difference[] = [];
  const differs = (key: string, column: string, expected: string | null, actual: string | null): void => {
    differences.push({ table: name, key, column, expected, actual });
  };

  const missing = new Map<string, Cells>();
  for (const row of table.rows()) missing.set(keyOf(table, row), row);
  const optional = new Map<string, Cells>();
  for (const row of table.mayExist?.() ?? []) optional.set(keyOf(table, row), row);

  for (const actual of actualRows) {
    const key = keyOf(table, actual);
    const expected = missing.get(key) ?? optional.get(key);
    // A key is taken out when met: the same key again is a row too many.
    if (!missing.delete(key)) optional.delete(key);
    if (!expected) {
      differs(key, '(row)', null, JSON.stringify(actual));
      continue;
    }
    for (const column of table.columns) {
      if (expected[column] !== actual[column]) differs(key, column, expected[column] ?? null, actual[column] ?? null);
    }
  }
  for (const [key, row] of missing) differs(key, '(row)', JSON.stringify(row), null);
  return differences;
}

/** The first differences, one a line, and how many there are. */
export function describeDifferences(differences: readonly Difference[], limit = 20): string {
  const lines = differences
    .slice(0, limit)
    .map(({ table, key, column, expected, actual }) => `  ${table} [${key}] ${column}: expected ${short(expected)}, is ${short(actual)}`);
  const more = differences.length > limit ? [`  ... and ${differences.length - limit} more`] : [];
  return [`${differences.length} cells differ:`, ...lines, ...more].join('\n');
}

function short(cell: string | null): string {
  const text = cell ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}... (${text.length} characters)` : text;
}
