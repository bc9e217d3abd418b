import { features, FeatureReads, type FeatureChunk, type Shop } from '#warehouse';
import { setImmediate as breathe } from 'node:timers/promises';
import type { NamedModel } from '../scorer/assessor.js';

const width = features.length;
/** Rows between two breaths of the event loop: one or two milliseconds of counting. */
const rowsAtATime = 500;

/** A customer as the model sees him at an instant. */
export interface SweptRow {
  readonly customerId: string;
  readonly probability: number;
  /** The features and, behind them, the probability. Valid until the next row. */
  readonly values: Float32Array;
}

/**
 * Asks a model about every customer as the shop knew them at an instant that has passed: features from the ledger's versions, so nothing
 * that came later is seen, whenever it is asked, and no lock is held. Rows that no model can read are left out.
 * @throws when `signal` aborts it: what comes of it must not be written then
 */
export async function sweep(
  reads: Pick<FeatureReads, 'past'>,
  shop: Shop,
  { model }: NamedModel,
  asOf: Date,
  each: (row: SweptRow) => void,
  { signal, afterChunk }: { readonly signal: AbortSignal; readonly afterChunk?: () => Promise<void> },
): Promise<void> {
  for await (const chunk of reads.past(shop, { asOf, mbg: model.mbg })) {
    signal.throwIfAborted();
    await scored(chunk, model, each);
    await afterChunk?.();
  }
  signal.throwIfAborted();
}

async function scored({ customerIds, values }: FeatureChunk, model: NamedModel['model'], each: (row: SweptRow) => void): Promise<void> {
  const { prob } = await model.score(values, customerIds.length);
  const row = new Float32Array(width + 1);
  for (const [index, customerId] of customerIds.entries()) {
    if (index % rowsAtATime === rowsAtATime - 1) await breathe();
    const probability = prob[index] ?? NaN;
    if (Number.isNaN(probability)) continue;
    row.set(values.subarray(index * width, (index + 1) * width));
    row[width] = probability;
    each({ customerId, probability, values: row });
  }
}
