import { setTimeout as sleep } from 'node:timers/promises';

interface Waiting<Row> {
  readonly rows: readonly Row[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Batches that arrive while an insert is under way go into the next one together. An insert costs some ten milliseconds whatever its
 * size, so under load the partitions of a topic share them; a batch that comes alone is written at once.
 */
export class GroupCommit<Row> {
  #waiting: Waiting<Row>[] = [];
  #busy = false;
  #begunAt = -Infinity;

  /**
   * @param append writes rows as one block: all of them or none
   * @param intervalMs shortest time between the starts of two inserts
   */
  constructor(
    private readonly append: (rows: readonly Row[]) => Promise<void>,
    private readonly intervalMs: number,
  ) {}

  /** Resolves when the rows are durable; rejects when none of them is. */
  add(rows: readonly Row[]): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ rows, done, failed });
      if (!this.#busy) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const wait = this.#begunAt + this.intervalMs - performance.now();
      if (wait > 0) await sleep(wait);
      this.#begunAt = performance.now();
      const together = this.#waiting;
      this.#waiting = [];
      try {
        await this.append(together.flatMap(({ rows }) => rows));
        for (const { done } of together) done();
      } catch (error) {
        for (const { failed } of together) failed(error);
      }
    }
    this.#busy = false;
  }
}
