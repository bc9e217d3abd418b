/** A piece of SQL. Only the `sql` and `ident` tags make one, so a bare string never reaches the engine. */
export class Sql {
  /** @internal Use the `sql` tag. */
  constructor(readonly text: string) {}
}

/** What may stand in a `${}` of the `sql` tag. */
export type SqlValue = string | number | bigint | boolean | Date | null | Sql | readonly SqlValue[];

/**
 * Builds a statement. A value becomes a typed, escaped literal; an `Sql` is spliced; an array becomes `(a, b, c)`,
 * an empty array `(NULL)` so that `IN` stays valid and matches nothing.
 * Literals instead of bound parameters: in the embedded engine bound queries share one process-wide chain.
 * @throws {TypeError} on a number that is not finite, or any other kind of value.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Sql {
  let text = strings[0] ?? '';
  values.forEach((value, index) => {
    text += literal(value) + (strings[index + 1] ?? '');
  });
  return new Sql(text);
}

/** A quoted identifier: `ident('shop_demo', 'agg_kpi')` is `` `shop_demo`.`agg_kpi` ``. */
export function ident(...parts: readonly string[]): Sql {
  return new Sql(
    parts
      .map((part) => {
        if (!/^[A-Za-z_][A-Za-z0-9_.]*$/.test(part)) throw new TypeError(`Not an identifier: ${JSON.stringify(part)}`);
        return `\`${part}\``;
      })
      .join('.'),
  );
}

/** Joins pieces with a separator, for lists whose length is known at run time. */
export function join(pieces: readonly Sql[], separator: ', ' | ',\n    ' | ' AND ' | ' OR ' | ' UNION ALL ' | '\n' = ', '): Sql {
  return new Sql(pieces.map((piece) => piece.text).join(separator));
}

/** SQL text that this repository ships (a migration file); never text from outside. */
export function shippedSql(text: string): Sql {
  return new Sql(text);
}

function literal(value: SqlValue): string {
  if (value instanceof Sql) return value.text;
  if (value === null) return 'NULL';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`Not a number that SQL can hold: ${value}`);
    return String(value);
  }
  if (value instanceof Date) {
    return `toDateTime64('${value.toISOString().slice(0, 23).replace('T', ' ')}', 3, 'UTC')`;
  }
  if (Array.isArray(value)) return value.length === 0 ? '(NULL)' : `(${value.map(literal).join(', ')})`;
  throw new TypeError(`Not a value that SQL can hold: ${typeof value}`);
}

function quote(text: string): string {
  // Backslash and quote are the only characters with a meaning inside a ClickHouse literal; NUL would cut the
  // statement short at the C boundary of the embedded engine.
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`;
}
