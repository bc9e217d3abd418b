import { features } from '#warehouse';
import { ScoringError } from '../scoring.errors.js';
import { wrongRows, type Refused } from './check-rows.js';
import type { FileEnds, ThreadData } from './serve-session.js';
import { SessionThread } from './session-thread.js';

/** Rows of one run: about 5 ms of the scoring thread, so that a sweep keeps a single customer waiting for some ten. */
const rowsPerRun = 512;
/** Runs of one call under way: the thread never waits for rows, and calls take turns. */
const runsUnderWay = 2;
export const width = features.length;

/** What a model says of rows, in their order. */
export interface Said {
  /** [N]: probability or value; NaN where the row was refused. */
  readonly said: Float32Array;
  /** [N, F]; NaN where the row was refused. */
  readonly contrib: Float32Array;
  readonly refused: readonly Refused[];
}

/** What models of all kinds are: files on a thread, that are asked about rows. */
export class RowsModel {
  private readonly underWay = new Set<Promise<void>>();
  private closing: Promise<void> | undefined;

  private constructor(private readonly thread: SessionThread) {}

  /** Throws ScoringError `file-unreadable`; `outputs-differ` where a file has other ends, or is no sum of base and contributions. */
  static async open(data: ThreadData, wanted: readonly FileEnds[]): Promise<RowsModel> {
    const [thread, { ends }] = await SessionThread.open(data);
    for (const [file, its] of ends.entries()) {
      const should = wanted[file];
      if (JSON.stringify(its) === JSON.stringify(should)) continue;
      await thread.close();
      throw new ScoringError(
        'outputs-differ',
        `The ${file === 0 ? 'model file' : 'file of the offset'} goes from ${words(its.input)} to ${words(its.output)}; wanted is from ${words(should?.input)} to ${words(should?.output)}. Train it again.`,
      );
    }
    try {
      await thread.run(new Float32Array(width), 1, false);
    } catch (error) {
      await thread.close();
      throw new ScoringError('outputs-differ', `The model file does not fit its manifest: ${(error as Error).message} Train it again.`, {
        cause: error,
      });
    }
    return new RowsModel(thread);
  }

  get hasEnded(): boolean {
    return this.thread.hasEnded;
  }

  /** Throws ScoringError: `rows-malformed`, `run-failed`, `model-closed`. */
  async ask(rows: Float32Array, count: number): Promise<Said> {
    const [said, contrib] = [new Float32Array(count), new Float32Array(count * width)];
    const refused: Refused[] = [];
    await this.inRuns(rows, count, async (from, some) => {
      const wrong = wrongRows(some, some.length / width);
      // A run with them would fail for all: they take part as zeros, and their scores are thrown away.
      for (const { row } of wrong) some.fill(0, row * width, (row + 1) * width);
      const ran = await this.thread.run(some, some.length / width, true);
      said.set(ran.said, from);
      contrib.set(ran.contrib ?? [], from * width);
      for (const { row, ...cell } of wrong) {
        said.fill(NaN, from + row, from + row + 1);
        contrib.fill(NaN, (from + row) * width, (from + row + 1) * width);
        refused.push({ row: from + row, ...cell });
      }
    });
    return { said, contrib, refused: refused.sort((one, other) => one.row - other.row) };
  }

  /** Without contributions. Rows are not looked at. */
  async askAlone(rows: Float32Array, count: number): Promise<Float32Array> {
    const said = new Float32Array(count);
    await this.inRuns(rows, count, async (from, some) => {
      said.set((await this.thread.run(some, some.length / width, false)).said, from);
    });
    return said;
  }

  /** Waits for what is under way and ends the thread. */
  close(): Promise<void> {
    this.closing ??= Promise.allSettled(this.underWay).then(() => this.thread.close());
    return this.closing;
  }

  /** Hands out copies of the rows, so many at a time, in order. */
  private async inRuns(
    rows: Float32Array,
    count: number,
    run: (from: number, some: Float32Array<ArrayBuffer>) => Promise<void>,
  ): Promise<void> {
    if (rows.length !== count * width) {
      throw new ScoringError('rows-malformed', `${count} customers have ${count * width} features, not ${rows.length}.`);
    }
    if (this.closing) throw new ScoringError('model-closed', 'The model was closed; open it again.');
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < count) {
        const [from, to] = [next, Math.min(next + rowsPerRun, count)];
        next = to;
        await run(from, rows.slice(from * width, to * width));
      }
    };
    const all = Promise.all(Array.from({ length: runsUnderWay }, lane)).then(() => undefined);
    this.underWay.add(all);
    await all.finally(() => this.underWay.delete(all));
  }
}

const words = (ends: Readonly<Record<string, string>> = {}): string =>
  Object.entries(ends)
    .map((end) => end.join(' '))
    .join(', ') || 'nothing';
