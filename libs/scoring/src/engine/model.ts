import { features, type MbgParameters } from '#warehouse';
import { ScoringError } from '../scoring.errors.js';
import { checkFile, checkManifest } from './check-manifest.js';
import { wrongRows, type Refused } from './check-rows.js';
import type { EngineManifest } from './manifest.js';
import { SessionThread } from './session-thread.js';

/** Rows of one run: about 5 ms of the scoring thread, so that a sweep keeps a single customer waiting for some ten. */
export const rowsPerRun = 512;
/** Runs of one call under way: the thread never waits for rows, and calls take turns. */
const runsUnderWay = 2;

/** Scores of rows, in their order. */
export interface Scores {
  /** [N]: probability of no order in the horizon; NaN where the row was refused. */
  readonly prob: Float32Array;
  /** [N, F]: exact contributions in logits; NaN where the row was refused. `base + sum = logit(prob)`. */
  readonly contrib: Float32Array;
  /** Rows that hold what no feature can be. The others are scored. */
  readonly refused: readonly Refused[];
}

/** A model that was checked against this build and can be asked. */
export interface ScoringModel {
  readonly manifest: EngineManifest;
  readonly mbg: MbgParameters;
  /**
   * Scores `count` rows of `features.length` numbers, one after the other, as `FeatureReads` gives them. The same row gives the same bits
   * in any company. The caller's thread is held for a millisecond per thousand rows at most. Throws ScoringError: `rows-malformed`,
   * `run-failed`, `model-closed`.
   */
  score(rows: Float32Array, count: number): Promise<Scores>;
  /** The probabilities alone. Rows are not looked at: for rows that were made from scored ones. */
  probabilities(rows: Float32Array, count: number): Promise<Float32Array>;
  /** Waits for what is under way and ends the thread. */
  close(): Promise<void>;
}

/**
 * Opens a model after it was checked: its file against its manifest, and both against what this build computes and reads. Throws
 * ScoringError: `manifest-unreadable`, `kind-unknown`, `format-unknown`, `features-differ`, `feature-hash-differs`, `file-differs`,
 * `file-unreadable`, `outputs-differ`.
 */
export async function openModel({ manifest, file }: { manifest: EngineManifest; file: Uint8Array }): Promise<ScoringModel> {
  checkManifest(manifest);
  checkFile(file, manifest);
  const [thread, opened] = await SessionThread.open({ file, base: manifest.base });
  const wanted = { input: { features: `float32[N,${width}]` }, output: { prob: 'float32[N]', contrib: `float32[N,${width}]` } };
  const is = { input: opened.inputs, output: opened.outputs };
  if (JSON.stringify(is) !== JSON.stringify(wanted)) {
    await thread.close();
    throw new ScoringError(
      'outputs-differ',
      `The model file goes from ${words(is.input)} to ${words(is.output)}; wanted is from ${words(wanted.input)} to ${words(wanted.output)}. Train it again.`,
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
  return new ThreadModel(manifest, thread);
}

const width = features.length;
const words = (ends: Readonly<Record<string, string>>): string =>
  Object.entries(ends)
    .map((end) => end.join(' '))
    .join(', ') || 'nothing';

class ThreadModel implements ScoringModel {
  readonly mbg: MbgParameters;
  private readonly underWay = new Set<Promise<void>>();
  private closing: Promise<void> | undefined;

  constructor(
    readonly manifest: EngineManifest,
    private readonly thread: SessionThread,
  ) {
    this.mbg = manifest.mbg;
  }

  async score(rows: Float32Array, count: number): Promise<Scores> {
    const [prob, contrib] = [new Float32Array(count), new Float32Array(count * width)];
    const refused: Refused[] = [];
    await this.inRuns(rows, count, async (from, some) => {
      const wrong = wrongRows(some, some.length / width);
      // A run with them would fail for all: they take part as zeros, and their scores are thrown away.
      for (const { row } of wrong) some.fill(0, row * width, (row + 1) * width);
      const ran = await this.thread.run(some, some.length / width, true);
      prob.set(ran.prob, from);
      contrib.set(ran.contrib ?? [], from * width);
      for (const { row, ...cell } of wrong) {
        prob.fill(NaN, from + row, from + row + 1);
        contrib.fill(NaN, (from + row) * width, (from + row + 1) * width);
        refused.push({ row: from + row, ...cell });
      }
    });
    return { prob, contrib, refused: refused.sort((one, other) => one.row - other.row) };
  }

  async probabilities(rows: Float32Array, count: number): Promise<Float32Array> {
    const prob = new Float32Array(count);
    await this.inRuns(rows, count, async (from, some) => {
      prob.set((await this.thread.run(some, some.length / width, false)).prob, from);
    });
    return prob;
  }

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
