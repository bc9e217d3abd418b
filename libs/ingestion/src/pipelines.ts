import type { PipelineAnswer } from '#contracts';
import type { ConsumerState } from '#streaming';
import type { Level, Shop, Stamp } from '#warehouse';

/** Nest token of what is known of the pipelines: by the process that runs them, or by one that reads what they left. */
export const PIPELINES = Symbol('PIPELINES');

/** One shop's pipeline, seen from outside. */
export interface PipelineView {
  readonly shop: Shop;
  /** Its topics are there and its figures can be read. */
  readonly ready: boolean;
  readonly state: ConsumerState;
  /** @param level whose positions the lag is measured from, and the stamp is of */
  status(stamp: Stamp, level?: Level): Promise<PipelineAnswer['shops'][number]>;
}

export interface Pipelines {
  readonly pipelines: readonly PipelineView[];
  pipeline(shop: string): PipelineView | undefined;
}
