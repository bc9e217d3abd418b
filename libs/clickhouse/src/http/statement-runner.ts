import type { RawInsertFormat, Session } from 'chdb';
import { connectionSettings, settingsText } from '../clickhouse.js';
import { allThreads } from '../engine-lanes.js';
import type { EmbeddedSessions } from '../embedded-sessions.js';
import type { Spool } from '../spool.js';
import { ident, sql } from '../sql.js';
import { refuse } from './http-errors.js';
import type { StatementRequest } from './http-request.js';
import { harmlessTableFunctions, outwardFunctions, refusalOf, type DeniedNames } from './statement-guard.js';

export interface StatementResult {
  readonly body: Uint8Array;
  readonly summary: Readonly<Record<string, string>>;
}

/** What one statement of a reader may cost. */
export interface ReadLimits {
  readonly seconds: number;
  readonly resultBytes: number;
  readonly memoryBytes: number;
}

/** The profile has those of views. */
const threads = { max_threads: allThreads };

/** Statements that surely write nothing: they need not ask whether all of it reached the disk. */
const reads = /^\s*(SELECT|WITH|SHOW|DESCRIBE|DESC|EXISTS|EXPLAIN)\b(?![^]*(\bINSERT\b|;\s*\S))/i;

/** Runs statements that come over HTTP, each on a connection of its own: no setting outlives its request. */
export class StatementRunner {
  #denied: Promise<DeniedNames> | undefined;

  constructor(
    private readonly sessions: EmbeddedSessions,
    private readonly spool: Spool,
    private readonly limits: ReadLimits,
  ) {}

  /** With every right. */
  write(request: StatementRequest): Promise<StatementResult> {
    const enter = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
      reads.test(request.sql) ? this.sessions.use(request.sql, work) : this.sessions.write(request.sql, work);
    return enter(async (session) => {
      const settings = { ...threads, ...connectionSettings, ...request.settings };
      await session.queryAsync(`SET ${settingsText(settings)};${preamble(request)}`.replace(/;$/, ''));
      const insert = rawInsertOf(request.sql);
      if (insert) return { body: new Uint8Array(), summary: summaryOf(await this.insert(session, insert, request.rows)) };
      if (request.rows !== undefined && !isText(request.rows)) {
        throw refuse(
          'notImplemented',
          'Rows in a binary format are not taken here. Send JSONCompactEachRow, JSONEachRow, TSV, CSV or Native.',
        );
      }
      const statement = request.rows === undefined ? request.sql : `${request.sql}\n${request.rows.toString('utf8')}`;
      return run(session, statement, request.format);
    });
  }

  /** The bytes are handed over as they came: one block, hence one part. */
  private async insert(session: Session, { format, ...into }: RawInsert, rows: Buffer | undefined): Promise<Counts> {
    // Nothing to insert is no error on a server; the engine by itself would make one of it.
    if (rows === undefined) return { elapsed: 0 };
    if (format !== 'Native') {
      const { rowsWritten, bytesWritten, elapsed } = await session.insert({ ...into, format, values: rows });
      return { rowsWritten, bytesWritten, elapsed };
    }
    if (!into.columns) throw refuse('notImplemented', 'Native is taken with the columns named: INSERT INTO t (a, b) FORMAT Native.');
    const { elapsed, rowsRead } = await this.spool.insertBlock(ident(...into.table.split('.')), into.columns, rows)(session);
    return { elapsed, rowsWritten: rowsRead };
  }

  /** With the rights of a reader, inside the limits. */
  async read(request: StatementRequest): Promise<StatementResult> {
    if (request.rows !== undefined)
      throw refuse('readonly', 'Cannot execute query in readonly mode: rows cannot be sent to this listener.');
    const given = settingsOfReader(this.limits);
    for (const [name, value] of Object.entries(request.settings)) {
      if (String(given[name]) !== value) throw refuse('readonly', `Cannot modify '${name}' setting in readonly mode.`);
    }
    const denied = await this.denied();
    return this.sessions.use(request.sql, async (session) => {
      await session.queryAsync(`SET ROLE reader; SET ${settingsText({ ...threads, ...given })};${preamble(request)} SET readonly = 1`);
      const canonical = (await session.queryAsync(sql`SELECT formatQuerySingleLine(${request.sql})`.text, { format: 'RawBLOB' })).text();
      const refusal = refusalOf(canonical, denied);
      if (refusal !== undefined) throw refuse('readonly', `Cannot execute query in readonly mode: ${refusal}.`);
      return run(session, canonical, request.format);
    });
  }

  /** Functions that reach files, the network or other programs, as this engine knows them. */
  private denied(): Promise<DeniedNames> {
    this.#denied ??= this.sessions.use('names of functions', async (session) => {
      const namesOf = async (query: string): Promise<string[]> =>
        (await session.queryAsync(query, { format: 'TabSeparated' })).text().trim().split('\n');
      const tableFunctions = await namesOf('SELECT lower(name) FROM system.table_functions');
      // Those that ask a model over the network, and those that somebody defined: nobody knows what is in them.
      const functions = await namesOf("SELECT lower(name) FROM system.functions WHERE categories LIKE '%AI%' OR origin != 'System'");
      return {
        tableFunctions: new Set(tableFunctions.filter((name) => !harmlessTableFunctions.has(name))),
        functions: new Set([...outwardFunctions, ...functions]),
      };
    });
    // One that failed says nothing of the next time.
    this.#denied.catch(() => (this.#denied = undefined));
    return this.#denied;
  }
}

function settingsOfReader(limits: ReadLimits): Readonly<Record<string, string | number>> {
  return {
    ...connectionSettings,
    max_execution_time: limits.seconds,
    max_result_bytes: limits.resultBytes,
    result_overflow_mode: 'throw',
    max_memory_usage: limits.memoryBytes,
  };
}

/** Database and bound parameters, as statements before the one that was asked for. */
function preamble({ database, parameters }: StatementRequest): string {
  const parts = Object.entries(parameters).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw refuse('badArguments', `${JSON.stringify(name)} is not the name of a parameter.`);
    return ` SET param_${name} = ${sql`${value}`.text};`;
  });
  if (database !== undefined && database !== '') parts.push(` USE ${identifierOf(database)};`);
  return parts.join('');
}

function identifierOf(name: string): string {
  try {
    return ident(name).text;
  } catch {
    throw refuse('badArguments', `${JSON.stringify(name)} is not the name of a database.`);
  }
}

async function run(session: Session, statement: string, format: string): Promise<StatementResult> {
  const result = await session.queryAsync(statement, { format });
  return { body: result.bytes(), summary: summaryOf({ elapsed: result.elapsed, rowsRead: result.rowsRead, bytesRead: result.bytesRead }) };
}

const insertPattern = /^\s*INSERT\s+INTO\s+(?:TABLE\s+)?([\w.`"]+)\s*(?:\(([\w.`",\s]*)\)\s*)?FORMAT\s+(\w+)\s*;?\s*$/i;
/** `INSERT INTO t (a, b) FORMAT F`, taken apart. */
interface RawInsert {
  readonly table: string;
  readonly columns?: string[];
  readonly format: RawInsertFormat | 'Native';
}

const rawFormats: readonly RawInsert['format'][] = [
  'Native',
  'JSONCompactEachRow',
  'JSONEachRow',
  'TabSeparated',
  'TabSeparatedWithNames',
  'CSV',
  'CSVWithNames',
];

/** `INSERT INTO t (a, b) FORMAT F` taken apart, or undefined for any other shape. */
function rawInsertOf(statement: string): RawInsert | undefined {
  const found = insertPattern.exec(statement);
  const format = rawFormats.find((each) => each === found?.[3]);
  if (!found || !format) return undefined;
  const plain = (name: string): string => name.trim().replace(/[`"]/g, '');
  const columns = found[2]?.split(',').map(plain);
  return { table: plain(found[1] ?? ''), format, ...(columns ? { columns } : {}) };
}

function isText(rows: Buffer): boolean {
  return !rows.includes(0);
}

/** What the engine says of a statement; the time in seconds. */
interface Counts {
  readonly elapsed: number;
  readonly rowsRead?: number;
  readonly bytesRead?: number;
  readonly rowsWritten?: number;
  readonly bytesWritten?: number;
}

function summaryOf(counts: Counts): Record<string, string> {
  return {
    read_rows: String(counts.rowsRead ?? 0),
    read_bytes: String(counts.bytesRead ?? 0),
    written_rows: String(counts.rowsWritten ?? 0),
    written_bytes: String(counts.bytesWritten ?? 0),
    total_rows_to_read: '0',
    result_rows: String(counts.rowsWritten ?? 0),
    result_bytes: String(counts.bytesWritten ?? 0),
    elapsed_ns: String(Math.round(counts.elapsed * 1e9)),
  };
}
