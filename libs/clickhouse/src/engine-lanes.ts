import { Session } from 'chdb';
import { availableParallelism } from 'node:os';
import { connectionSettings, settingsText, type Lane } from './clickhouse.js';

const connectionsPerLane: Readonly<Record<Lane, number>> = { writer: 1, refresher: 2, reader: 3, background: 1 };

/** Compiling a statement's expressions costs tens of milliseconds now and then, more than a tile's query or a small step takes. */
const perStatement = 'compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0';

/**
 * A tile's query is short: spread over all cores it waits for each of them, and for the refresher. On two cores one thread answers in
 * two thirds of the time while events flow. What runs in the background leaves the other core alone likewise.
 */
const fewThreads = Math.max(1, Math.floor(availableParallelism() / 2));

/** One connection of the embedded engine and the tail of what was asked of it. */
class Slot {
  waiting = 0;
  #tail: Promise<unknown> = Promise.resolve();
  #session: Session | undefined;

  /** @param settings as they stand behind `SET`, which sticks to a connection */
  constructor(
    private readonly directory: string,
    private readonly settings: string,
  ) {}

  /** Runs `work` after what was asked before. */
  run<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.waiting += 1;
    const result = this.#tail.then(() => this.use(work));
    this.#tail = result.then(
      () => (this.waiting -= 1),
      () => (this.waiting -= 1),
    );
    return result;
  }

  async close(): Promise<void> {
    await this.#tail;
    this.drop();
  }

  /**
   * A connection on which a statement failed is not used again: what the statement had answered by then stays in it, and would stand in
   * front of the next answer (chDB 26.7). Opening one costs about half a millisecond.
   */
  private async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await work((this.#session ??= await this.opened()));
    } catch (error) {
      this.drop();
      throw error;
    }
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

  private drop(): void {
    this.#session?.close();
    this.#session = undefined;
  }
}

/** Connections of the embedded engine by who asks. */
export class EngineLanes {
  readonly #slots: Record<Lane, Slot[]> = { writer: [], refresher: [], reader: [], background: [] };

  /** @throws what the engine says when it cannot have the directory */
  async open(directory: string): Promise<void> {
    const settings = `${settingsText(connectionSettings)}, ${perStatement}`;
    for (const [lane, count] of Object.entries(connectionsPerLane) as [Lane, number][]) {
      const own = lane === 'reader' || lane === 'background' ? `${settings}, max_threads = ${fewThreads}` : settings;
      for (let index = 0; index < count; index += 1) {
        const slot = new Slot(directory, own);
        this.#slots[lane].push(slot);
        await slot.run(() => Promise.resolve());
      }
    }
  }

  /** Runs `work` when its connection is free. The least burdened connection of the lane takes it. */
  run<T>(lane: Lane, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#slots[lane].reduce((best, each) => (each.waiting < best.waiting ? each : best)).run(work);
  }

  /** Closing under a running statement aborts the engine: drains first. */
  async close(): Promise<void> {
    const slots = Object.values(this.#slots).flatMap((lane) => lane.splice(0));
    for (const slot of slots) await slot.close();
  }
}
