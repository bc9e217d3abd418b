/** Rows of one source, which are durable in their order or not at all. */
export interface RowSource {
  /** Set when rows of the source were lost: what it added after them is not written. */
  lost?: Error;
}

interface Waiting<Row> {
  readonly rows: readonly Row[];
  readonly source: RowSource;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export interface GroupCommitOptions {
  /** How long rows wait to be asked for, in milliseconds; `Infinity`: until they are. */
  readonly patienceMs: number;
  /** So many rows do not wait. */
  readonly manyRows: number;
}

/**
 * Batches go into one insert together: it costs some ten milliseconds whatever its size. They wait for whoever makes figures of them
 * to ask, right before it looks: an insert sooner than that would show nothing sooner. Where nobody asks, or many rows wait, they are
 * written all the same.
 */
export class GroupCommit<Row> {
  #waiting: Waiting<Row>[] = [];
  #rows = 0;
  #last: Promise<void> = Promise.resolve();
  #patience: NodeJS.Timeout | undefined;

  /** @param append writes rows as one block: all of them or none */
  constructor(
    private readonly append: (rows: readonly Row[]) => Promise<void>,
    private readonly options: GroupCommitOptions,
  ) {}

  /** Resolves when the rows are durable; rejects when none of them is, and none that the source adds later will be. */
  add(source: RowSource, rows: readonly Row[]): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ rows, source, done, failed });
      this.#rows += rows.length;
      if (this.#rows >= this.options.manyRows) void this.flush();
      else if (this.options.patienceMs !== Infinity) this.#patience ??= setTimeout(() => void this.flush(), this.options.patienceMs);
    });
  }

  /** Writes what waits, after what is under way. Resolves when both have ended, well or not: `add` tells which. */
  flush(): Promise<void> {
    return (this.#last = this.#last.then(() => this.insert()));
  }

  private async insert(): Promise<void> {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const all = this.#waiting;
    this.#waiting = [];
    this.#rows = 0;
    // Rows after a hole would hide it.
    for (const { source, failed } of all) if (source.lost !== undefined) failed(source.lost);
    const together = all.filter(({ source }) => source.lost === undefined);
    if (together.length === 0) return;
    try {
      await this.append(together.flatMap(({ rows }) => rows));
      for (const { done } of together) done();
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      for (const { source, failed } of together) {
        source.lost ??= error;
        failed(error);
      }
    }
  }
}
