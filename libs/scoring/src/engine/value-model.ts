import type { MbgParameters } from '#warehouse';
import { ScoringError } from '../scoring.errors.js';
import { checkEnds, checkFile, checkManifest, offsetEnds } from './check-manifest.js';
import type { Refused } from './check-rows.js';
import type { EngineValueManifest } from './manifest.js';
import { RowsModel, width } from './rows-model.js';

/** Predicted values of rows, in their order. */
export interface Values {
  /** [N]: net sales in the horizon, in the shop's money, above 0; NaN where the row was refused. */
  readonly value: Float32Array;
  /** [N, F]: exact contributions to the logarithm of the value, above the offset; NaN where the row was refused. */
  readonly contrib: Float32Array;
  readonly refused: readonly Refused[];
}

/** A model of predicted value that was checked against this build: two graphs, the first gives the offset that the second starts from. */
export interface ValueModel<Manifest extends EngineValueManifest = EngineValueManifest> {
  readonly manifest: Manifest;
  readonly mbg: MbgParameters;
  /** As `ScoringModel.score`. */
  values(rows: Float32Array, count: number): Promise<Values>;
  /** As of `ScoringModel`. */
  readonly hasEnded: boolean;
  /** Waits for what is under way and ends the thread. */
  close(): Promise<void>;
}

/** The files of a version as the registry keeps them. */
export interface ValueModelFiles<Manifest extends EngineValueManifest> {
  readonly manifest: Manifest;
  readonly file: Uint8Array;
  readonly offset?: Uint8Array | undefined;
}

/** As `openModel`, of both files. Throws ScoringError `file-differs` where the offset's is missing, and what `openModel` throws. */
export async function openValueModel<Manifest extends EngineValueManifest>({
  manifest,
  file,
  offset,
}: ValueModelFiles<Manifest>): Promise<ValueModel<Manifest>> {
  checkManifest(manifest, 'clv');
  checkEnds(manifest.offset, offsetEnds);
  checkFile(file, manifest);
  if (!offset) throw new ScoringError('file-differs', 'The file of the offset is missing. Take all files of one training again.');
  checkFile(offset, manifest.offset);
  const [one, all] = ['float32[N]', `float32[N,${width}]`];
  const model = await RowsModel.open({ file, base: manifest.base, offset }, [
    { input: { features: all, offset: one }, output: { value: one, contrib: all } },
    { input: { features: all }, output: { offset: one } },
  ]);
  return {
    manifest,
    mbg: manifest.mbg,
    values: async (rows, count) => {
      const { said, contrib, refused } = await model.ask(rows, count);
      return { value: said, contrib, refused };
    },
    get hasEnded() {
      return model.hasEnded;
    },
    close: () => model.close(),
  };
}
