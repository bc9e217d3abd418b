import type { Session } from 'chdb';
import { readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { ClickHouseFault, toFault } from './clickhouse.errors.js';
import { unitOver, type ClickHouse, type Lane } from './clickhouse.js';
import { EmbeddedSessions } from './embedded-sessions.js';
import { EngineGate, roomIn, roomLeftAlone } from './engine-gate.js';
import { EngineLanes } from './engine-lanes.js';
import { rowsOfColumns } from './json-columns.js';
import { encoded } from './native/block.js';
import { refusedWritesOf } from './refused-writes.js';
import { sql, type Sql } from './sql.js';
import { Spool } from './spool.js';

/** The engine in this process: besides the lanes, short connections for those who come over HTTP. */
export interface EmbeddedClickHouse extends ClickHouse {
  /** @internal For `serveHttp`. */
  readonly sessions: EmbeddedSessions;
  /** @internal */
  readonly spool: Spool;
}

/**
 * Opens the ClickHouse engine inside this process on a directory of its own (npm `chdb`).
 * One process per directory and one directory per process: the engine is a process singleton.
 * @throws {ClickHouseFault} `directory-held` when another process has the directory open.
 */
export async function openEmbedded(directory: string): Promise<EmbeddedClickHouse> {
  const lanes = new EngineLanes();
  const sessions = new EmbeddedSessions(directory);
  const spool = new Spool(directory);
  const open = async (): Promise<void> => {
    await sessions.open();
    await lanes.open(directory);
    // Not before: the directory may have been another process's.
    await spool.open();
  };
  const close = async (): Promise<void> => {
    await lanes.close();
    sessions.close();
  };
  await refuseFullDisk(directory);
  try {
    await open();
  } catch (error) {
    throw await whyNot(directory, error);
  }
  const gate = await EngineGate.before({
    directory,
    refusedWrites: () => sessions.refusedWrites(),
    reopen: async () => {
      await close();
      await open();
      // On a full disk the note of who holds the directory is cut short at each opening.
      return (await holderIn(directory)) === undefined ? 1 : 0;
    },
  });
  sessions.behind(gate);

  const guarded = <T>(statement: string, work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => Promise.reject(toFault(error, statement)));
  type Write = (lane: Lane, statement: string, work: (session: Session) => Promise<unknown>) => Promise<void>;
  /** Asks on the connection that wrote. */
  const asked: Write = (lane, statement, work) =>
    guarded(statement, () =>
      gate.write(statement, (whole) =>
        lanes.run(lane, async (session) => {
          await work(session);
          await whole(() => refusedWritesOf(session));
        }),
      ),
    );
  const trusted: Write = (lane, statement, work) =>
    guarded(statement, () =>
      gate.trusted(statement, () =>
        lanes.run(lane, async (session) => {
          await work(session);
        }),
      ),
    );
  const writes = (write: Write): Pick<ClickHouse, 'command' | 'insert' | 'insertRows'> => ({
    command: (statement, lane = 'writer') => write(lane, statement.text, (session) => session.queryAsync(statement.text)),
    insert: (table, columns, rows, lane = 'writer') => write(lane, `INSERT INTO ${table.text}`, spool.insert(table, columns, rows)),
    insertRows: async (table, columns, rows, lane = 'writer') => {
      if (rows.length === 0) return;
      const values = await encoded(columns, rows);
      await write(lane, `INSERT INTO ${table.text}`, spool.insert(table, Object.keys(columns), values));
    },
  });
  const engine: EmbeddedClickHouse = {
    shared: false,
    sessions,
    spool,
    query: <Row>(statement: Sql, lane: Lane = 'reader') =>
      guarded(statement.text, () =>
        gate.read(statement.text, () =>
          lanes.run(lane, async (session) =>
            rowsOfColumns<Row>((await session.queryAsync(statement.text, { format: 'JSONColumns' })).text()),
          ),
        ),
      ),
    queryBinary: (statement, lane = 'reader') =>
      guarded(statement.text, () =>
        gate.read(statement.text, () =>
          lanes.run(lane, async (session) => (await session.queryAsync(statement.text, { format: 'RowBinary' })).bytes()),
        ),
      ),
    ...writes(asked),
    unit: () => {
      const whole = gate.unit();
      return { ...unitOver(engine), ...writes(trusted), whole: () => guarded('the writes of a step', () => whole('the writes of a step')) };
    },
    writesTo: (...tables) => gate.writes.to(tables),
    version: async () => {
      const [row] = await engine.query<{ v: string }>(sql`SELECT version() AS v`);
      return row?.v ?? 'unknown';
    },
    close: async () => {
      await gate.close();
      await close();
    },
  };
  return engine;
}

/** @throws {ClickHouseFault} `disk-full`: an engine that starts on a full disk would write files that nobody can read */
async function refuseFullDisk(directory: string): Promise<void> {
  // Of a directory that is not there yet nothing is known.
  const room = await roomIn(directory).catch(() => Infinity);
  if (room >= roomLeftAlone) return;
  const [free, needed] = [room, roomLeftAlone].map((bytes) => Math.floor(bytes / 1024 / 1024));
  const words = `The disk is full: ${directory} has ${free} MiB left, the store needs ${needed}. Free some space and start again; nothing that was written is lost.`;
  throw new ClickHouseFault('disk-full', words);
}

/** Why the engine could not be opened: it says only that it could not connect. */
async function whyNot(directory: string, error: unknown): Promise<ClickHouseFault> {
  const holder = await holderOf(directory);
  if (holder === undefined) return toFault(error, `open ${directory}`);
  const words = `The store in ${directory} is held by another process (${holder}). Stop that one, or start with another --data directory.`;
  return new ClickHouseFault('directory-held', words, undefined, { cause: error });
}

/** The process that the directory's file `status` names, living or not. */
async function holderIn(directory: string): Promise<number | undefined> {
  const status = await readFile(joinPath(directory, 'status'), 'utf8').catch(() => '');
  const pid = Number(/^PID: (\d+)$/m.exec(status)?.[1]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/**
 * The living process that has the directory open, or undefined. The engine says only that it could not connect; it leaves
 * its process id in the file `status`, and the file behind when it is killed.
 */
async function holderOf(directory: string): Promise<number | undefined> {
  const pid = await holderIn(directory);
  if (pid === undefined || pid === process.pid) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : undefined;
  }
}
