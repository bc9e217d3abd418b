import { availableParallelism } from 'node:os';
import { createClient, type ClickHouseClient, type ClickHouseClientConfigOptions } from '@clickhouse/client';
import { ChdbConnection } from 'chdb/connection';
import { readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { ClickHouseFault, toFault } from './clickhouse.errors.js';
import { connectionSettings, settingsText, type ClickHouse, type Lane } from './clickhouse.js';
import { EmbeddedSessions } from './embedded-sessions.js';
import { sql, type Sql } from './sql.js';

const connectionsPerLane: Readonly<Record<Lane, number>> = { writer: 1, refresher: 2, reader: 3, background: 1 };

/** Compiling a statement's expressions costs tens of milliseconds now and then, more than a tile's query or a small step takes. */
const perStatement = 'compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0';

/**
 * A tile's query is short: spread over all cores it waits for each of them, and for the refresher. On two cores one thread answers in
 * two thirds of the time while events flow. What runs in the background leaves the other core alone likewise.
 */
const fewThreads = Math.max(1, Math.floor(availableParallelism() / 2));

/** One connection of the embedded engine and the tail of what was asked of it. */
interface Slot {
  readonly client: ClickHouseClient;
  readonly connection: ChdbConnection;
  waiting: number;
  tail: Promise<unknown>;
}

/** The engine in this process: besides the lanes, short connections for those who come over HTTP. */
export interface EmbeddedClickHouse extends ClickHouse {
  /** @internal For `serveHttp`. */
  readonly sessions: EmbeddedSessions;
}

/**
 * Opens the ClickHouse engine inside this process on a directory of its own (npm `chdb` behind `@clickhouse/client`).
 * One process per directory and one directory per process: the engine is a process singleton.
 * @throws {ClickHouseFault} `directory-held` when another process has the directory open.
 */
export async function openEmbedded(directory: string): Promise<EmbeddedClickHouse> {
  const lanes: Record<Lane, Slot[]> = { writer: [], refresher: [], reader: [], background: [] };
  let closed = false;

  const open = (): Slot => {
    const connection = new ChdbConnection({ path: directory });
    // chdb types its Connection by its own copy of client-common; the contract is the same one.
    const client = createClient({ connection } as unknown as ClickHouseClientConfigOptions);
    return { client, connection, waiting: 0, tail: Promise.resolve() };
  };

  /** Runs `work` when its connection is free. The least burdened connection of the lane takes it. */
  const run = <T>(lane: Lane, statement: string, work: (slot: Slot) => Promise<T>): Promise<T> => {
    if (closed) return Promise.reject(new ClickHouseFault('engine-closed', 'The store is closed: no statement can run.'));
    const slot = lanes[lane].reduce((best, each) => (each.waiting < best.waiting ? each : best));
    slot.waiting += 1;
    const result = slot.tail.then(() => work(slot)).catch((error: unknown) => Promise.reject(toFault(error, statement)));
    slot.tail = result.then(
      () => (slot.waiting -= 1),
      () => (slot.waiting -= 1),
    );
    return result;
  };

  let sessions: EmbeddedSessions;
  const engine: EmbeddedClickHouse = {
    shared: false,
    get sessions() {
      return sessions;
    },
    query: <Row>(statement: Sql, lane: Lane = 'reader') =>
      run(lane, statement.text, async ({ client }) => {
        const answer = await client.query({ query: statement.text, format: 'JSONEachRow' });
        return answer.json<Row>();
      }),
    command: (statement, lane = 'writer') =>
      run(lane, statement.text, async ({ client }) => {
        await client.command({ query: statement.text });
      }),
    insert: (table, columns, rows, lane = 'writer', format = 'JSONCompactEachRow') =>
      run(lane, `INSERT INTO ${table.text}`, async ({ connection }) => {
        // The client's own insert joins statement and rows into one string and copies it; the raw path hands the bytes over.
        await connection.chdb.rawInsert({
          table: table.text.replaceAll('`', ''),
          columns,
          values: Buffer.from(rows, 'utf8'),
          format,
        });
      }),
    version: async () => {
      const [row] = await engine.query<{ v: string }>(sql`SELECT version() AS v`);
      return row?.v ?? 'unknown';
    },
    close: async () => {
      if (closed) return;
      closed = true;
      const slots = Object.values(lanes).flat();
      // Closing under a running statement aborts the engine: drain first.
      await Promise.all(slots.map((slot) => slot.tail));
      for (const slot of slots) await slot.client.close();
      await sessions.close();
    },
  };

  try {
    sessions = await EmbeddedSessions.open(directory);
    const settings = settingsText(connectionSettings);
    for (const [lane, count] of Object.entries(connectionsPerLane) as [Lane, number][]) {
      for (let index = 0; index < count; index += 1) {
        const slot = open();
        lanes[lane].push(slot);
        // `SET` sticks to a connection, so once is enough.
        await slot.client.command({
          query: `SET ${settings}, ${perStatement}${lane === 'reader' || lane === 'background' ? `, max_threads = ${fewThreads}` : ''}`,
        });
      }
    }
  } catch (error) {
    const holder = await holderOf(directory);
    if (holder !== undefined) {
      throw new ClickHouseFault(
        'directory-held',
        `The store in ${directory} is held by another process (${holder}). Stop that one, or start with another --data directory.`,
        undefined,
        { cause: error },
      );
    }
    throw toFault(error, `open ${directory}`);
  }
  return engine;
}

/**
 * The living process that has the directory open, or undefined. The engine says only that it could not connect; it leaves
 * its process id in the file `status`, and the file behind when it is killed.
 */
async function holderOf(directory: string): Promise<number | undefined> {
  const status = await readFile(joinPath(directory, 'status'), 'utf8').catch(() => '');
  const pid = Number(/^PID: (\d+)$/m.exec(status)?.[1]);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : undefined;
  }
}
