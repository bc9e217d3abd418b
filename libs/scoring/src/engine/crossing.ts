import { type Band } from './bands.js';
import type { ScoringModel } from './model.js';

/** When a band changes by silence alone, and into which. */
export interface Crossing {
  /** Unix milliseconds: the first at which the customer is in `band`. */
  readonly at: number;
  readonly band: Band;
  /** At that instant. */
  readonly probability: number;
}

/** Customers who are silent from an instant on. */
export interface Silent {
  /** [count, F]: their features as of `asOf`. */
  readonly rows: Float32Array;
  readonly count: number;
  /** Unix milliseconds, whole; one for all or one each. */
  readonly asOf: number | Float64Array;
  /** The bands that they are held to be in; those of their rows by default. */
  readonly held?: readonly Band[];
}

/** @returns for each customer the first crossing after `asOf`, within 365 days; undefined where there is none */
export function nextCrossings(model: ScoringModel, silent: Silent): Promise<(Crossing | undefined)[]> {
  void model;
  void silent;
  throw new TypeError('Under way.');
}
