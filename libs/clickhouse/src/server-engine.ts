import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { Readable } from 'node:stream';
import { toFault } from './clickhouse.errors.js';
import { connectionSettings, unitOver, type ClickHouse } from './clickhouse.js';
import { encoded, type Block } from './native/block.js';
import { ident, join, sql, type Sql } from './sql.js';

/** As the lanes of the embedded engine: compiling a statement's expressions takes longer than a tile's query. */
const uncompiled = { compile_expressions: 0, compile_aggregate_expressions: 0, compile_sort_description: 0 } as const;

/**
 * The same seam over HTTP, for a ClickHouse server or for `apps/store`.
 * @param url `http://user:password@host:8123`
 */
export function openServer(url: string): ClickHouse {
  const client = createClient({
    url,
    max_open_connections: 8,
    request_timeout: 300_000,
    // What fails is thrown: printing it as well would put statements with customers' data on the terminal.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { ...connectionSettings, ...uncompiled, async_insert: 0 },
  });
  const guarded = async <T>(statement: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw toFault(error, statement);
    }
  };
  const send = (table: Sql, columns: readonly string[], rows: string | Block): Promise<void> =>
    guarded(`INSERT INTO ${table.text}`, async () => {
      if (rows.length === 0) return;
      const format = typeof rows === 'string' ? sql`JSONCompactEachRow` : sql`Native`;
      const query = sql`INSERT INTO ${table} (${join(columns.map((column) => ident(column)))}) FORMAT ${format}`.text;
      const answer = await client.exec({ query, values: Readable.from([rows], { objectMode: false }) });
      answer.stream.resume();
    });
  const engine: ClickHouse = {
    shared: true,
    query: <Row>(statement: Sql) =>
      guarded(statement.text, async () => {
        const answer = await client.query({ query: statement.text, format: 'JSONEachRow' });
        return answer.json<Row>();
      }),
    queryBinary: (statement) =>
      guarded(statement.text, async () => {
        const { stream } = await client.exec({ query: `${statement.text}\nFORMAT RowBinary` });
        return Buffer.concat((await stream.toArray()) as Buffer[]);
      }),
    command: (statement) =>
      guarded(statement.text, async () => {
        await client.command({ query: statement.text });
      }),
    insert: (table, columns, rows) => send(table, columns, rows),
    insertRows: async (table, columns, rows) => send(table, Object.keys(columns), await encoded(columns, rows)),
    unit: () => unitOver(engine),
    writesTo: () => undefined,
    version: async () => {
      const [row] = await engine.query<{ v: string }>(sql`SELECT version() AS v`);
      return row?.v ?? 'unknown';
    },
    close: () => client.close(),
  };
  return engine;
}
