import type { MbgParameters } from '#warehouse';

/** What the engine needs of the manifest that the trainer writes beside a model (`apps/trainer/tideline_trainer/manifest.py`). */
export interface EngineManifest {
  readonly format: number;
  readonly kind: string;
  /** Of the model file, in hex. */
  readonly sha256: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly features: readonly { readonly name: string; readonly group: string; readonly sign: number }[];
  /** Of the statement that the features were computed with, in hex. */
  readonly featuresSha256: string;
  /** Logit, of predicted value the logarithm, to which the contributions are added. */
  readonly base: number;
  /** What the feature `mbg_logit` is computed with. */
  readonly mbg: MbgParameters;
}

/** Of a model of predicted value (`value_train.py`): what its first graph gives, the second one starts from. */
export interface EngineValueManifest extends EngineManifest {
  readonly offset: {
    /** Of the offset's file, in hex. */
    readonly sha256: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
  };
}
