import { features } from '#warehouse';
import { setImmediate as breathe } from 'node:timers/promises';
import { advanceInto } from './advance.js';
import type { Band } from './bands.js';
import { CrossingSearch, type Bounds, type Crossing } from './crossing-search.js';
import type { Scores, ScoringModel } from './model.js';
import { silenceBounds } from './silence-bounds.js';

/** Customers who are silent from an instant on. */
export interface Silent {
  /** [count, F]: their features as of `asOf`. */
  readonly rows: Float32Array;
  readonly count: number;
  /** Unix milliseconds, whole; one for all or one each. */
  readonly asOf: number | ArrayLike<number>;
  /** The bands that they are held to be in; those of their rows by default. */
  readonly held?: readonly Band[];
  /** Unix milliseconds, one each: a crossing that lies later need not be found. One that does not is the same as without it. */
  readonly until?: ArrayLike<number>;
  /** How late a crossing may be found, milliseconds; 1 by default, which is exact. Most of what a search asks is the last stretch. */
  readonly withinMs?: number;
  /** What the model said of `rows`, where it was asked. */
  readonly scores?: Pick<Scores, 'prob' | 'contrib'>;
}

interface Underway {
  readonly index: number;
  readonly search: CrossingSearch;
}

const width = features.length;
/** Searches that ask together: a few milliseconds of this thread to ask, and about as many of the scoring one to answer. */
const together = 512;
/** Such rounds under way, so that the scoring thread works while this one asks. */
const lanes = 2;
const unbounded: Bounds = { keep: () => [], between: () => undefined };
const boundsOf = new WeakMap<ScoringModel, Promise<Bounds | undefined>>();

/**
 * The next instant at which the band of each customer changes if nothing happens, a minute to 365 days ahead: the first midnight of UTC in
 * another band than the held one, and before it the first millisecond that is. A stay in another band that begins and ends between two midnights is
 * not seen. A customer's answer hangs on the row, `asOf` and `held` alone, not on who else is asked about.
 *
 * @returns one for each customer, in order; undefined where there is none, or the row cannot be scored. Throws as `ScoringModel.score`.
 */
export async function nextCrossings(
  model: ScoringModel,
  { rows, count, asOf, held, until, withinMs, scores }: Silent,
): Promise<(Crossing | undefined)[]> {
  let known = boundsOf.get(model);
  if (!known) {
    boundsOf.set(model, (known = silenceBounds(model)));
    // A run that failed may go well the next time.
    known.catch(() => boundsOf.delete(model));
  }
  const bounds = (await known) ?? unbounded;
  const from = (index: number): number => (typeof asOf === 'number' ? asOf : (asOf[index] ?? NaN));
  const crossings = new Array<Crossing | undefined>(count);
  let next = 0;
  const lane = async (): Promise<void> => {
    const points = new Float32Array(Math.min(together, count) * width);
    const rowAt = (all: Float32Array, place: number): Float32Array => all.subarray(place * width, (place + 1) * width);
    let searches: Underway[] = [];
    for (;;) {
      // Where the scoring thread is the faster one its answers follow one another, and timers would wait for the last of them.
      await breathe();
      while (searches.length < together && next < count) {
        const search = new CrossingSearch(from(next), held?.[next], bounds, until?.[next], withinMs);
        if (scores) {
          const kept = bounds.keep(from(next), rowAt(rows, next), rowAt(scores.contrib, next));
          search.take({ at: from(next), probability: scores.prob[next] ?? NaN, kept });
        }
        // A row that cannot be scored is at its end already.
        if (search.wanted !== undefined) searches.push({ index: next, search });
        next += 1;
      }
      if (searches.length === 0) return;
      const [whole, alone] = partition(searches);
      searches = [...whole, ...alone];
      searches.forEach(({ index, search }, place) =>
        advanceInto({ rows, row: index, into: points, place }, from(index), search.wanted ?? NaN, model.mbg),
      );
      const [{ prob, contrib }, probabilities] = await Promise.all([
        model.score(points.subarray(0, whole.length * width), whole.length),
        model.probabilities(points.subarray(whole.length * width, searches.length * width), alone.length),
      ]);
      whole.forEach(({ search }, place) => {
        const at = search.wanted ?? NaN;
        search.take({ at, probability: prob[place] ?? NaN, kept: bounds.keep(at, rowAt(points, place), rowAt(contrib, place)) });
      });
      alone.forEach(({ search }, place) => search.take({ at: search.wanted ?? NaN, probability: probabilities[place] ?? NaN }));
      for (const { index, search } of searches) if (search.wanted === undefined) crossings[index] = search.found;
      searches = searches.filter(({ search }) => search.wanted !== undefined);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return crossings;
}

/** Those that want contributions too, and those that do not: of 32 questions of a customer 27. */
function partition(searches: readonly Underway[]): readonly [whole: Underway[], alone: Underway[]] {
  return [searches.filter(({ search }) => !search.probabilityWillDo), searches.filter(({ search }) => search.probabilityWillDo)];
}
