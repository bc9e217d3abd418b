import { features, stakeDays, textOfMicros, type HeldBand, type PastMoment, type PastMoments, type ScoreDecision } from '#warehouse';
import { setImmediate as breathe } from 'node:timers/promises';
import { advanceInto, dayMs } from '../engine/advance.js';
import { bandOf, nextCrossings, type Band, type Crossing, type Scores } from '../engine/index.js';
import type { NamedModel } from '../scorer/assessor.js';

/** Sales of so long are at stake. */
const stakeMs = stakeDays * dayMs;
/** What `tideline.customer.scored.v1` can hold, in millionths: not negative, twelve digits before the point. */
const mostStake = 999_999_999_999_999_999n;
const width = features.length;
/** How late a crossing may be found: to the millisecond it would take twice as long. */
const withinMs = 600_000;

/** A silence that crosses a band, at an instant between two moments. */
type Silence = Pick<Crossing, 'at' | 'probability' | 'band'>;

/**
 * Decisions of a model on customers of the past: at each moment, and where silence after it crosses a band before the next one. Between
 * two moments a row is carried on by `advance`, within a few units in the last place of what the statement would give; instants of
 * crossings may differ by that. A customer whose last order was cancelled is known no more, as for the scorer.
 * @param first the instant at which everybody is looked at; these decisions are muted, as a live scorer's first ones are
 * @returns changes of bands, of one customer in order
 */
export async function pastCourses(
  { model, version }: NamedModel,
  { moments, values }: PastMoments,
  first: number,
): Promise<ScoreDecision[]> {
  const scores = await model.score(values, moments.length);
  const { prob } = scores;
  const silences = await silencesOf(model, moments, values, scores);
  await breathe();
  const decisions: ScoreDecision[] = [];
  let [band, customer, until]: [HeldBand, string, number] = ['none', '', 0];
  const say = (moment: PastMoment, at: number, probability: number, cause: ScoreDecision['cause']): void => {
    const previousBand = band;
    band = bandOf(probability);
    if (band === previousBand) return;
    decisions.push({
      ...{ customerId: moment.customerId, decidedAt: at, model: version, cause, probability, band, previousBand },
      ...{ orders: moment.orders, stake: stakeAt(moment, at), reasons: [], nextCrossing: undefined, muted: cause === 'first' },
    });
  };
  for (const [index, moment] of moments.entries()) {
    if (moment.customerId !== customer || moment.at !== until + 1) band = 'none';
    [customer, until] = [moment.customerId, moment.ends];
    const probability = prob[index] ?? NaN;
    // A row that holds what no feature can be is refused, alone.
    if (Number.isNaN(probability)) {
      band = 'none';
      continue;
    }
    say(moment, moment.at, probability, moment.at === first ? 'first' : 'event');
    for (const { at, probability: then } of silences.get(index) ?? []) say(moment, at, then, 'silence');
  }
  return decisions;
}

/** Crossings of each moment before its end: all first ones together, then all second ones, until there is none. */
async function silencesOf(
  model: NamedModel['model'],
  moments: readonly PastMoment[],
  values: Float32Array,
  scores: Scores,
): Promise<ReadonlyMap<number, readonly Silence[]>> {
  const { prob } = scores;
  const found = new Map<number, Silence[]>();
  let open = moments.map(({ at: from }, index) => ({ index, from }));
  while (open.length > 0) {
    const rows = new Float32Array(open.length * width);
    open.forEach(({ index, from }, place) =>
      advanceInto({ rows: values, row: index, into: rows, place }, moments[index]?.at ?? 0, from, model.mbg),
    );
    const held = open.map(({ index }) => found.get(index)?.at(-1)?.band ?? bandOfRow(prob[index] ?? NaN));
    const asOf = open.map(({ from }) => from);
    const until = open.map(({ index }) => moments[index]?.ends ?? 0);
    const crossings = await nextCrossings(model, {
      rows,
      count: open.length,
      asOf,
      held,
      until,
      withinMs,
      ...(found.size === 0 ? { scores } : {}),
    });
    open = open.flatMap(({ index }, place) => {
      const crossing = crossings[place];
      if (!crossing || crossing.at > (until[place] ?? 0)) return [];
      found.set(index, [...(found.get(index) ?? []), crossing]);
      return [{ index, from: crossing.at }];
    });
  }
  return found;
}

/** A row that was refused has none; its search ends before that is looked at. */
function bandOfRow(probability: number): Band {
  return Number.isNaN(probability) ? 'low' : bandOf(probability);
}

/** Net sales of the year before an instant, as a decimal string; 0 where refunds exceed them. */
function stakeAt({ at, stakes }: PastMoment, instant: number): string {
  let sum = 0n;
  for (const { age, net } of stakes) if (age + instant - at < stakeMs) sum += net;
  return textOfMicros(sum < 0n ? 0n : sum > mostStake ? mostStake : sum);
}
