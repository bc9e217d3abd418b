import { statfs } from 'node:fs/promises';
import { ClickHouseFault, diskFull, headOf } from './clickhouse.errors.js';
import { Writes } from './writes.js';

/**
 * Room that the engine leaves alone: it refuses an insert or a merge that would go below. So what is under way still finds room when
 * somebody else fills the disk.
 */
export const roomLeftAlone = 64 * 1024 * 1024;

/** ClickHouse's NOT_ENOUGH_SPACE. */
const notEnoughSpace = 243;

/** What is free for this process on the disk of a directory, in bytes. */
export async function roomIn(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** How often it is looked whether a merge lost something. The engine keeps for eight minutes what it merged. */
const lookMs = 1_000;
/** How long an engine that could not be opened again is left alone. */
const againMs = 1_000;

/** Statements that write a table's definition anew: one that were cut short could not be read at the next start. */
const defining = /^\s*(CREATE|ALTER)\b/i;

/** What the gate stands in front of. */
export interface GatedEngine {
  readonly directory: string;
  /** Writes that the system refused, since the process began. */
  refusedWrites(): Promise<number>;
  /** Closes the engine and opens it again. Nothing runs meanwhile. @returns refused writes of the opening that nobody misses */
  reopen(): Promise<number>;
}

/**
 * The embedded engine drops what the system does not take: on a full disk an insert or a merge succeeds, and its part lacks bytes
 * (the throw stands commented out in chDB's `WriteBufferFromFileDescriptor`). But it counts them. So each write asks for the count before it
 * counts as done, and when the count has moved the engine is opened anew: it checks the size of every file then, drops parts that are cut short,
 * and takes up again what a merge had made one of them from.
 */
export class EngineGate {
  /** What went through, and may have been carried out. */
  readonly writes = new Writes();
  readonly #running = new Set<Promise<unknown>>();
  #refused = 0;
  /** How often bytes were found lost. */
  #losses = 0;
  #mending: Promise<void> | undefined;
  /** Why the engine could not be opened again so far. */
  #shut: ClickHouseFault | undefined;
  #closed = false;
  readonly #look: NodeJS.Timeout;

  private constructor(private readonly engine: GatedEngine) {
    this.#look = setInterval(() => void this.look().catch(() => undefined), lookMs).unref();
  }

  /** In front of an engine that was opened just now, and so is whole. */
  static async before(engine: GatedEngine): Promise<EngineGate> {
    const gate = new EngineGate(engine);
    gate.#refused = await engine.refusedWrites();
    return gate;
  }

  /**
   * Lets a statement in, when the engine is whole.
   * @throws {ClickHouseFault} `engine-closed`; `disk-full` or another while the engine cannot be opened again; `disk-full` or `write-lost`
   *   when it failed while bytes were lost, such as by reading a part that a merge left cut short
   */
  async read<T>(statement: string, work: () => Promise<T>): Promise<T> {
    while (this.#mending && !this.#shut) await this.#mending;
    if (this.#closed) throw new ClickHouseFault('engine-closed', 'The store is closed: no statement can run.');
    if (this.#shut) throw this.#shut;
    const running = work().catch(async (error: unknown) => {
      const refused = await this.engine.refusedWrites().catch(() => this.#refused);
      throw this.lost(refused) ? await this.loss(statement) : error;
    });
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /**
   * A statement that writes.
   * @param work runs it, and then, on the same connection, asks `whole` with what tells the count
   * @throws {ClickHouseFault} `disk-full` or `write-lost` when bytes were lost meanwhile, whosever they were: the statement may be in
   *   effect or not, as when a server did not answer
   */
  write<T>(statement: string, work: (whole: (refusedWrites: () => Promise<number>) => Promise<void>) => Promise<T>): Promise<T> {
    return this.trusted(statement, () =>
      work(async (refusedWrites) => {
        if (this.lost(await refusedWrites())) throw await this.loss(statement);
      }),
    );
  }

  /** A statement that writes and does not ask: it counts only when its `unit` says so. @throws {ClickHouseFault} as `read` */
  trusted<T>(statement: string, work: () => Promise<T>): Promise<T> {
    return this.read(statement, async () => {
      if (defining.test(statement) && (await this.isFull())) throw diskFull(statement, notEnoughSpace);
      try {
        return await work();
      } finally {
        this.writes.add(statement);
      }
    });
  }

  /**
   * For statements that are let in by `trusted`: they count only when this one's caller says so.
   * @returns asks whether bytes were lost since now. @throws {ClickHouseFault} `disk-full` or `write-lost`
   */
  unit(): (statement: string) => Promise<void> {
    const before = this.#losses;
    return async (statement) => {
      await this.ask(statement);
      // Also when the look of a second found it, and the engine is open again since.
      if (this.#losses !== before) throw await this.loss(statement);
    };
  }

  /** Waits for what runs; nothing more is let in. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#look);
    // What still runs may find a loss.
    while (this.#mending || this.#running.size > 0) {
      await this.#mending;
      await Promise.allSettled(this.#running);
    }
  }

  /** A merge is nobody's statement. */
  private async look(): Promise<void> {
    if (this.#mending || this.#closed) return;
    await this.ask('merges');
  }

  private async ask(statement: string): Promise<void> {
    await this.read(statement, async () => this.lost(await this.engine.refusedWrites()));
  }

  private async loss(statement: string): Promise<ClickHouseFault> {
    return (await this.isFull()) ? diskFull(statement, notEnoughSpace) : writeLost(statement);
  }

  private lost(refused: number): boolean {
    if (refused === this.#refused) return false;
    if (!this.#mending) {
      this.#losses += 1;
      this.#mending = this.mend();
    }
    return true;
  }

  private async mend(): Promise<void> {
    await Promise.allSettled(this.#running);
    try {
      // The next opening mends it.
      if (this.#closed) return;
      // Merges go on until it closes and begin as soon as it is open: what they lose then is not known to be mended. An engine that is not
      // open knows no count.
      const refused = Math.max(this.#refused, await this.engine.refusedWrites());
      const harmless = await this.engine.reopen();
      // Parts that were cut short are gone.
      this.writes.addAny();
      this.#refused = await this.engine.refusedWrites();
      if (this.#refused > refused + harmless) throw await this.loss('merges');
      this.#shut = undefined;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const words = `The store could not be opened again whole and is tried again: ${why}`;
      this.#shut = new ClickHouseFault('engine-unavailable', words, undefined, { cause: error });
      setTimeout(() => {
        if (!this.#closed) this.#mending ??= this.mend();
      }, againMs).unref();
    } finally {
      this.#mending = undefined;
    }
  }

  private async isFull(): Promise<boolean> {
    return (await roomIn(this.engine.directory)) < roomLeftAlone;
  }
}

function writeLost(statement: string): ClickHouseFault {
  return new ClickHouseFault(
    'write-lost',
    `The disk did not take all that ClickHouse wrote for "${headOf(statement)}". It is tried again; look at the disk.`,
    75,
  );
}
