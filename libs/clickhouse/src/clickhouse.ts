import type { Columns } from './native/block.js';
import { sql, type Sql } from './sql.js';

/** Nest token of the engine, embedded or server: callers never know which. */
export const CLICKHOUSE = Symbol('CLICKHOUSE');

/**
 * Who asks. Each lane has connections of its own, so a long refresh never stands in the way of a ledger write or a tile:
 * the embedded engine runs one statement at a time per connection. On `views` nothing is computed: it waits there for refreshable views.
 */
export type Lane = 'writer' | 'refresher' | 'reader' | 'background' | 'views';

export interface ClickHouse {
  /** Whether other processes may write the same store: an embedded engine is its process' own. */
  readonly shared: boolean;
  /** Rows of a SELECT. UInt64, Int64 and Decimal arrive as strings, instants as `2011-12-09 12:50:00.000` in UTC. */
  query<Row>(statement: Sql, lane?: Lane): Promise<Row[]>;
  /**
   * Rows of a SELECT as ClickHouse's `RowBinary`: numbers as their little-endian bytes, texts behind their length. For what is read by
   * the ten thousand: nothing is parsed before it is wanted.
   */
  queryBinary(statement: Sql, lane?: Lane): Promise<Uint8Array>;
  /** A statement without rows. */
  command(statement: Sql, lane?: Lane): Promise<void>;
  /**
   * Inserts rows as ONE block, hence one part: all of them or none.
   * @param rows lines of JSONCompactEachRow, in the order of `columns`
   */
  insert(table: Sql, columns: readonly string[], rows: string, lane?: Lane): Promise<void>;
  /**
   * The same of rows whose columns are typed: for what is written by the thousand, as the bytes that the engine keeps.
   * @throws {TypeError} where a cell is not of its column's type; of few rows the engine says so
   */
  insertRows<Row>(table: Sql, columns: Columns<Row>, rows: readonly Row[], lane?: Lane): Promise<void>;
  /** For writes that count only together. */
  unit(): UnitOfWork;
  /**
   * A number that grows whenever one of the tables may have been written; undefined where other processes may write the store as well. Who
   * looks again and again need not ask while it stands: see `Standing`. To be read before the tables are.
   */
  writesTo(...tables: readonly Sql[]): number | undefined;
  /** Version of the engine, `26.7.2.1`. */
  version(): Promise<string>;
  /** Waits for running statements, then closes. */
  close(): Promise<void>;
}

/**
 * Writes that count only together, because one that comes last says so (a step's watermark): whether the disk took them is asked once for all
 * of them, where each one would ask for itself.
 */
export interface UnitOfWork extends Pick<ClickHouse, 'query' | 'command' | 'insert' | 'insertRows'> {
  /**
   * Before the write that makes the others count.
   * @throws {ClickHouseFault} `disk-full` or `write-lost` when bytes were lost since the unit began: it is to be done again
   */
  whole(): Promise<void>;
}

/** A unit over an engine that asks for each write by itself. */
export function unitOver(engine: Omit<UnitOfWork, 'whole'>): UnitOfWork {
  return {
    query: (statement, lane) => engine.query(statement, lane),
    command: (statement, lane) => engine.command(statement, lane),
    insert: (...write) => engine.insert(...write),
    insertRows: (...write) => engine.insertRows(...write),
    whole: () => Promise.resolve(),
  };
}

/** The engine with every statement on one lane: for work that may take long and must stand in nobody's way. */
export function onLane(engine: ClickHouse, lane: Lane): ClickHouse {
  const laned: ClickHouse = {
    shared: engine.shared,
    query: (statement) => engine.query(statement, lane),
    queryBinary: (statement) => engine.queryBinary(statement, lane),
    command: (statement) => engine.command(statement, lane),
    insert: (table, columns, rows) => engine.insert(table, columns, rows, lane),
    insertRows: (table, columns, rows) => engine.insertRows(table, columns, rows, lane),
    unit: () => {
      const unit = engine.unit();
      return {
        query: (statement) => unit.query(statement, lane),
        command: (statement) => unit.command(statement, lane),
        insert: (table, columns, rows) => unit.insert(table, columns, rows, lane),
        insertRows: (table, columns, rows) => unit.insertRows(table, columns, rows, lane),
        whole: () => unit.whole(),
      };
    },
    writesTo: (...tables) => engine.writesTo(...tables),
    version: () => engine.version(),
    close: () => engine.close(),
  };
  return laned;
}

/**
 * Settings of every connection.
 * - JSON numbers would round UInt64 and Decimal: quoted.
 * - One INSERT must be one block: the squashing limits are lifted, parsing is not split.
 * - Lists of dirty buckets and touched ids stand in the statement: the default limit of 256 KB is too short for a backlog.
 * - A Kafka batch that is sent again is recognised by the ledger, never by block tokens: those lose rows on a kill.
 * - Of a table that is read FINAL the columns of its key are read first, and the others of the rows that they let through. The engine does so
 *   with conditions on the key alone, of which all versions of a row meet the same ones.
 */
export const connectionSettings = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_json_escape_forward_slashes: 0,
  date_time_output_format: 'simple',
  session_timezone: 'UTC',
  input_format_parallel_parsing: 0,
  max_insert_threads: '1',
  max_insert_block_size: '100000000',
  min_insert_block_size_rows: '100000000',
  min_insert_block_size_bytes: '0',
  insert_deduplicate: 0,
  max_query_size: '67108864',
  optimize_move_to_prewhere_if_final: 1,
} as const;

/** `name = value, ...`, as it stands behind `SET`. Values become escaped literals, names are checked. */
export function settingsText(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`Not a setting: ${JSON.stringify(name)}`);
      return `${name} = ${sql`${value}`.text}`;
    })
    .join(', ');
}
