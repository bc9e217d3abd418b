import { features, type MbgParameters } from '#warehouse';
import { ScoringError } from '../scoring.errors.js';
import { checkFile, checkManifest } from './check-manifest.js';
import { wrongCells, type Refused } from './check-rows.js';
import type { EngineManifest } from './manifest.js';
import { SessionThread, type Ran } from './session-thread.js';

/** Rows of one run: about 10 ms of the scoring thread, so that a sweep keeps a single customer waiting no longer than that. */
export const rowsPerRun = 1_024;
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
  return new ThreadModel(manifest, thread);
}

const width = features.length;
const words = (ends: Readonly<Record<string, string>>): string => Object.entries(ends).map((end) => end.join(' ')).join(', ') || 'nothing';

class ThreadModel implements ScoringModel {
  readonly mbg: MbgParameters;
  constructor(
    readonly manifest: EngineManifest,
    private readonly thread: SessionThread,
  ) {
    this.mbg = manifest.mbg;
  }

  async score(rows: Float32Array, count: number): Promise<Scores> {
    const [prob, contrib] = [new Float32Array(count), new Float32Array(count * width)];
    const refused: Refused[] = [];
    await this.inRuns(rows, count, true, (ran, from, to) => {
      prob.set(ran.prob, from);
      contrib.set(ran.contrib ?? [], from * width);
      for (const wrong of wrongCells(rows, from, to)) {
        refused.push(wrong);
        prob.fill(NaN, wrong.row, wrong.row + 1);
        contrib.fill(NaN, wrong.row * width, (wrong.row + 1) * width);
      }
    });
    return { prob, contrib, refused: refused.sort((one, other) => one.row - other.row) };
  }

  async probabilities(rows: Float32Array, count: number): Promise<Float32Array> {
    const prob = new Float32Array(count);
    await this.inRuns(rows, count, false, (ran, from) => prob.set(ran.prob, from));
    return prob;
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  private async inRuns(
    rows: Float32Array,
    count: number,
    contributions: boolean,
    take: (ran: Ran, from: number, to: number) => void,
  ): Promise<void> {
    if (rows.length !== count * width) {
      throw new ScoringError('rows-malformed', `${count} customers have ${count * width} features, not ${rows.length}.`);
    }
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < count) {
        const [from, to] = [next, Math.min(next + rowsPerRun, count)];
        next = to;
        take(await this.thread.run(rows.subarray(from * width, to * width), to - from, contributions), from, to);
      }
    };
    await Promise.all(Array.from({ length: runsUnderWay }, lane));
  }
}
