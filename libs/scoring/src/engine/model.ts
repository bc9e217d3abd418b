import type { MbgParameters } from '#warehouse';
import { checkFile, checkManifest } from './check-manifest.js';
import type { Refused } from './check-rows.js';
import type { EngineManifest } from './manifest.js';
import { RowsModel, width } from './rows-model.js';

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
  /** Whether its thread has ended: it answers nothing any more, and is to be opened anew. */
  readonly hasEnded: boolean;
  /** Waits for what is under way and ends the thread. */
  close(): Promise<void>;
}

/**
 * Opens a model of churn after it was checked: its file against its manifest, and both against what this build computes and reads. Throws
 * ScoringError: `manifest-unreadable`, `kind-unknown`, `format-unknown`, `features-differ`, `feature-hash-differs`, `file-differs`,
 * `file-unreadable`, `outputs-differ`.
 */
export async function openModel({ manifest, file }: { manifest: EngineManifest; file: Uint8Array }): Promise<ScoringModel> {
  checkManifest(manifest, 'churn');
  checkFile(file, manifest);
  const ends = { input: { features: `float32[N,${width}]` }, output: { prob: 'float32[N]', contrib: `float32[N,${width}]` } };
  const model = await RowsModel.open({ file, base: manifest.base }, [ends]);
  return {
    manifest,
    mbg: manifest.mbg,
    score: async (rows, count) => {
      const { said, contrib, refused } = await model.ask(rows, count);
      return { prob: said, contrib, refused };
    },
    probabilities: (rows, count) => model.askAlone(rows, count),
    get hasEnded() {
      return model.hasEnded;
    },
    close: () => model.close(),
  };
}
