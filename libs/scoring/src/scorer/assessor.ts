import { features, type CustomerMoment, type MomentReads, type MomentsQuery, type Shop } from '#warehouse';
import { setImmediate as breathe } from 'node:timers/promises';
import { bandOf, daysAhead, nextCrossings, reasonsOf, type ScoringModel } from '../engine/index.js';
import { unassessed, type Assessment } from './decide.js';

/** A model with the name it has in the registry. */
export interface NamedModel {
  readonly version: string;
  readonly model: ScoringModel;
}

/** How far a next crossing is looked for; where there is none so far the customer is looked at again then. */
const lookAheadMs = daysAhead * 86_400_000;
/** Moments per statement: its text, its answer and what one run of the model takes stay small. */
const momentsPerStatement = 2_000;
/** Rows whose reasons are put into words at a time: a few milliseconds. */
const rowsAtATime = 500;
const width = features.length;

/** What a model says of customers at instants of their own: features by one statement, scores, reasons, next crossings. */
export class Assessor {
  constructor(
    private readonly reads: MomentReads,
    private readonly shop: Shop,
    /** Told of each row that the engine refused. */
    private readonly refused: (customerId: string, feature: string) => void,
  ) {}

  /** @returns for each moment what was found, in their order */
  async assess(
    { model }: NamedModel,
    moments: readonly CustomerMoment[],
    leaveOutOf: (moments: readonly CustomerMoment[]) => MomentsQuery['leaveOut'],
    lane: 'reader' | 'background',
  ): Promise<Assessment[]> {
    const all: Assessment[] = [];
    for (let start = 0; start < moments.length; start += momentsPerStatement) {
      const some = moments.slice(start, start + momentsPerStatement);
      const query = { moments: some, mbg: model.mbg, leaveOut: leaveOutOf(some) };
      const found = await this.reads.features(this.shop, query, lane);
      const assessed = new Array<Assessment>(some.length).fill(unassessed);
      const scores = await model.score(found.values, found.tags.length);
      const wrong = new Map(scores.refused.map(({ row, feature }) => [row, feature]));
      const rows = found.tags.map((_, row) => row).filter((row) => !wrong.has(row));
      for (const [row, feature] of wrong) this.refused(some[found.tags[row] ?? 0]?.customerId ?? '', feature);
      const crossings = await this.crossings(model, found, some, rows);
      for (const [index, row] of rows.entries()) {
        if (index % rowsAtATime === rowsAtATime - 1) await breathe();
        const tag = found.tags[row] ?? 0;
        const probability = scores.prob[row] ?? NaN;
        const band = bandOf(probability);
        const asked = { currency: this.shop.currency, atRisk: band !== 'low' };
        const [from, to] = [row * width, (row + 1) * width];
        assessed[tag] = {
          probability,
          band,
          orders: found.orders[row] ?? 0,
          stake: found.stakes[row] ?? '0',
          reasons: reasonsOf(found.values.subarray(from, to), scores.contrib.subarray(from, to), asked).map(({ words }) => words),
          nextCrossing: crossings[index]?.at ?? (some[tag]?.asOf ?? 0) + lookAheadMs,
        };
      }
      all.push(...assessed);
    }
    return all;
  }

  private async crossings(
    model: ScoringModel,
    found: { readonly tags: readonly number[]; readonly values: Float32Array },
    moments: readonly CustomerMoment[],
    rows: readonly number[],
  ): ReturnType<typeof nextCrossings> {
    const packed = new Float32Array(rows.length * width);
    rows.forEach((row, index) => packed.set(found.values.subarray(row * width, (row + 1) * width), index * width));
    const asOf = Float64Array.from(rows, (row) => moments[found.tags[row] ?? 0]?.asOf ?? 0);
    return nextCrossings(model, { rows: packed, count: rows.length, asOf });
  }
}
