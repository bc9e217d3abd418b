/**
 * Rows of the format `JSONColumns`: `{"a": [1, 2], "b": ["x", "y"]}`. A name stands once and not in every row, so that many rows take half
 * the time that `JSONEachRow` takes.
 * @param text as the engine answers; all columns are of one length
 */
export function rowsOfColumns<Row>(text: string): Row[] {
  const columns = Object.entries(JSON.parse(text) as Readonly<Record<string, readonly unknown[]>>);
  return Array.from({ length: columns[0]?.[1].length ?? 0 }, (_, index) => {
    const row: Record<string, unknown> = {};
    for (const [name, values] of columns) row[name] = values[index];
    return row as Row;
  });
}
