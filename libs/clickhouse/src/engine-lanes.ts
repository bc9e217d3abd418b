import { Session } from 'chdb';
import { availableParallelism } from 'node:os';
import { connectionSettings, settingsText, type Lane } from './clickhouse.js';

const connectionsPerLane: Readonly<Record<Lane, number>> = { writer: 1, refresher: 2, reader: 3, background: 1, views: 3 };

/** Compiling a statement's expressions costs tens of milliseconds now and then, more than a tile's query or a small step takes. */
const perStatement = 'compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0';

/** Threads of a statement that has all cores. */
export const allThreads = availableParallelism();
/**
 * A tile's query is short: spread over all cores it waits for each of them, and for the refresher. On two cores one thread answers in
 * two thirds of the time while events flow. What runs in the background leaves the other core alone likewise, and so do views.
 */
export const fewThreads = Math.max(1, Math.floor(allThreads / 2));

/** A connection of the embedded engine. */
class Connection {
  #session: Session | undefined;

  /** @param settings as they stand behind `SET`, which sticks to a connection */
  constructor(
    private readonly directory: string,
    private readonly settings: string,
  ) {}

  /**
   * A connection on which a statement failed is not used again: what the statement had answered by then stays in it, and would stand in
   * front of the next answer (chDB 26.7). Opening one costs about half a millisecond.
   */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await work((this.#session ??= await this.opened()));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#session?.close();
    this.#session = undefined;
  }

  private async opened(): Promise<Session> {
    const session = new Session(this.directory);
    try {
      await session.queryAsync(`SET ${this.settings}`);
    } catch (error) {
      // One that nobody closes would keep the engine from ever being opened anew.
      session.close();
      throw error;
    }
    return session;
  }
}

/** The connections of a lane, and who waits for one: a statement takes the first that is free and overtakes none. */
class Pool {
  readonly #free: Connection[];
  readonly #waiting: ((connection: Connection) => void)[] = [];

  constructor(private readonly connections: readonly Connection[]) {
    this.#free = [...connections];
  }

  /** Opens all: what would fail later fails now. */
  async open(): Promise<void> {
    for (const connection of this.connections) await connection.use(() => Promise.resolve());
  }

  async run<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const connection = await this.taken();
    try {
      return await connection.use(work);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(connection);
      else this.#free.push(connection);
    }
  }

  /** Waits for what runs and for what waits; nothing can run any more. */
  async close(): Promise<void> {
    for (const connection of await Promise.all(this.connections.map(() => this.taken()))) connection.close();
  }

  private taken(): Promise<Connection> {
    const connection = this.#free.pop();
    return connection ? Promise.resolve(connection) : new Promise((take) => this.#waiting.push(take));
  }
}

/** Connections of the embedded engine by who asks. */
export class EngineLanes {
  readonly #pools = new Map<Lane, Pool>();

  /** @throws what the engine says when it cannot have the directory */
  async open(directory: string): Promise<void> {
    const settings = `${settingsText(connectionSettings)}, ${perStatement}`;
    for (const [lane, count] of Object.entries(connectionsPerLane) as [Lane, number][]) {
      const own = `${settings}, max_threads = ${lane === 'reader' || lane === 'background' ? fewThreads : allThreads}`;
      const pool = new Pool(Array.from({ length: count }, () => new Connection(directory, own)));
      // Before it opens: of lanes that could not be opened the ones that are open must be closed.
      this.#pools.set(lane, pool);
      await pool.open();
    }
  }

  /** Runs `work` when a connection of its lane is free. */
  run<T>(lane: Lane, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#pools.get(lane)?.run(work) ?? Promise.reject(new Error('The engine is not open.'));
  }

  /** Closing under a running statement aborts the engine: drains first. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    for (const pool of pools) await pool.close();
  }
}
