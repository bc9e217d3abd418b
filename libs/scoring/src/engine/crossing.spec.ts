import { features } from '#warehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advanceInto, dayMs, placeOf } from './advance.js';
import { bandOf, type Band } from './bands.js';
import { daysAhead, leastAheadMs, type Crossing } from './crossing-search.js';
import { nextCrossings } from './crossing.js';
import { fixture, type Fixture } from './fixture.testing.js';
import { openModel, type ScoringModel } from './model.js';
import { silenceBounds } from './silence-bounds.js';

const width = features.length;
const asOf = Date.parse('2022-03-05T14:23:45.678Z');
let made: Fixture;
let model: ScoringModel;
let count: number;
let rows: Float32Array;

beforeAll(async () => {
  made = await fixture();
  model = await openModel(made);
  // The shop's own rows, and with each a few that were made from it, nearer to a border or far from one.
  const own = made.count / 2;
  count = own * 3;
  rows = new Float32Array(count * width);
  for (let row = 0; row < count; row += 1) {
    rows.set(made.rows.subarray((row % own) * width, ((row % own) + 1) * width), row * width);
    const days = Math.floor(row / own) * 37;
    advanceInto({ rows, row, into: rows, place: row }, asOf - days * dayMs, asOf, model.mbg);
  }
});
afterAll(() => model.close());

/** What all midnights of the year ahead say, one by one. */
async function asked(row: number, held?: Band): Promise<Pick<Crossing, 'band'> & { from: number; to: number }> {
  const instants = [asOf, asOf + leastAheadMs];
  for (let day = Math.floor(asOf / dayMs) + 1; day * dayMs <= asOf + daysAhead * dayMs; day += 1) instants.push(day * dayMs);
  const points = new Float32Array(instants.length * width);
  instants.forEach((to, place) => advanceInto({ rows, row, into: points, place }, asOf, to, model.mbg));
  const bands = [...(await model.probabilities(points, instants.length))].map(bandOf);
  const place = bands.findIndex((band, at) => at > 0 && band !== (held ?? bands[0]));
  return { from: instants[place - 1] ?? NaN, to: instants[place] ?? NaN, band: bands[place] ?? 'low' };
}

const bandAt = async (row: number, at: number): Promise<Band> => {
  const point = new Float32Array(width);
  advanceInto({ rows, row, into: point, place: 0 }, asOf, at, model.mbg);
  return bandOf((await model.probabilities(point, 1))[0] ?? NaN);
};

describe('the next crossing', () => {
  it('is in the first day at whose end all 365 midnights show another band, for every customer', async () => {
    const crossings = await nextCrossings(model, { rows, count, asOf });
    let found = 0;
    for (let row = 0; row < count; row += 1) {
      const [crossing, daily] = [crossings[row], await asked(row)];
      if (!crossing) expect(daily.from, `customer ${row}`).toBeNaN();
      else {
        found += 1;
        expect(crossing.at, `customer ${row}`).toBeGreaterThan(daily.from);
        expect(crossing.at, `customer ${row}`).toBeLessThanOrEqual(daily.to);
      }
    }
    // Else the above proves little.
    expect(found).toBeGreaterThan(50);
    expect(count - found).toBeGreaterThan(50);
    // Silence does not only drive up: by the season some go down.
    const { prob } = await model.score(rows, count);
    const down = crossings.filter((crossing, row) => crossing && crossing.probability < (prob[row] ?? NaN));
    expect(down.length).toBeGreaterThan(5);
  });

  it('is the same where it need not be looked for beyond an instant, none where it lies beyond, and late by no more than was said', async () => {
    const all = await nextCrossings(model, { rows, count, asOf });
    const scores = await model.score(rows, count);
    const at = all.map((crossing) => crossing?.at ?? asOf + 40 * dayMs);
    const upTo = await nextCrossings(model, { rows, count, asOf, until: at, scores });
    expect(upTo.filter((crossing, row) => all[row] !== undefined && crossing !== undefined).length).toBeGreaterThan(50);
    all.forEach((crossing, row) => {
      if (crossing) expect(upTo[row], `customer ${row}`).toEqual(crossing);
    });
    const before = await nextCrossings(model, { rows, count, asOf, until: at.map((each) => each - 2 * dayMs) });
    before.forEach((crossing, row) => expect(crossing?.at ?? Infinity, `customer ${row}`).toBeGreaterThan((at[row] ?? 0) - 2 * dayMs));
    const late = await nextCrossings(model, { rows, count, asOf, withinMs: 600_000 });
    late.forEach((crossing, row) => {
      expect(crossing?.band).toBe(all[row]?.band);
      const by = (crossing?.at ?? 0) - (all[row]?.at ?? 0);
      expect(by >= 0 && by < 600_000, `customer ${row}: ${by}`).toBe(true);
    });
    expect(late.some((crossing, row) => crossing?.at !== all[row]?.at)).toBe(true);
  });

  it('is a whole millisecond, the first in the new band', async () => {
    const crossings = await nextCrossings(model, { rows, count, asOf });
    const { prob } = await model.score(rows, count);
    for (let row = 0; row < count; row += 5) {
      const crossing = crossings[row];
      if (!crossing) continue;
      expect(Number.isInteger(crossing.at)).toBe(true);
      expect(await bandAt(row, crossing.at)).toBe(crossing.band);
      expect(bandOf(crossing.probability)).toBe(crossing.band);
      if (crossing.at > asOf + leastAheadMs) expect(await bandAt(row, crossing.at - 1)).toBe(bandOf(prob[row] ?? NaN));
    }
  });

  it('is the same alone, in other company, and in another order', async () => {
    const together = await nextCrossings(model, { rows, count, asOf });
    for (const row of [0, 7, 100, 233]) {
      expect(await nextCrossings(model, { rows: rows.slice(row * width, (row + 1) * width), count: 1, asOf })).toEqual([together[row]]);
    }
    // Others between, so that they stand at other places of other batches; and an instant for each.
    const mixed = new Float32Array(2 * count * width);
    for (let row = 0; row < count; row += 1) {
      mixed.set(rows.subarray(row * width, (row + 1) * width), 2 * row * width);
      mixed.set(rows.subarray((count - row - 1) * width, (count - row) * width), (2 * row + 1) * width);
    }
    const again = await nextCrossings(model, { rows: mixed, count: 2 * count, asOf: new Array<number>(2 * count).fill(asOf) });
    expect(again.filter((_, at) => at % 2 === 0)).toEqual(together);
    expect(again.filter((_, at) => at % 2 === 1)).toEqual([...together].reverse());
  });

  it('is out of the band that a customer is held to be in, whatever the row says', async () => {
    const { prob } = await model.score(rows, count);
    const held = Array.from(prob, (each): Band => (bandOf(each) === 'low' ? 'medium' : bandOf(each)));
    const crossings = await nextCrossings(model, { rows, count, asOf, held });
    for (let row = 0; row < count; row += 11) {
      const daily = await asked(row, held[row]);
      const crossing = crossings[row];
      if (!crossing) expect(daily.from).toBeNaN();
      else {
        expect(crossing.band).not.toBe(held[row]);
        expect(crossing.at > daily.from && crossing.at <= daily.to).toBe(true);
      }
    }
  });

  it('is a minute ahead where it would be sooner', async () => {
    const crossings = (await nextCrossings(model, { rows, count, asOf })).flatMap((crossing, row) => (crossing ? [{ crossing, row }] : []));
    for (const { crossing, row } of crossings.slice(0, 40)) {
      const from = crossing.at - 5_000;
      const point = new Float32Array(width);
      advanceInto({ rows, row, into: point, place: 0 }, asOf, from, model.mbg);
      const { prob } = await model.score(point, 1);
      const before = (await model.score(rows.slice(row * width, (row + 1) * width), 1)).prob[0];
      const [next] = await nextCrossings(model, { rows: point, count: 1, asOf: from, held: [bandOf(before ?? NaN)] });
      expect(next, `${row}, ${prob[0] ?? NaN}`).toMatchObject({ at: from + leastAheadMs, band: crossing.band });
    }
  });

  it('after a crossing is a later one', async () => {
    const [first] = (await nextCrossings(model, { rows, count, asOf })).flatMap((crossing, row) => (crossing ? [{ crossing, row }] : []));
    if (!first) throw new Error('no crossing');
    const point = new Float32Array(width);
    advanceInto({ rows, row: first.row, into: point, place: 0 }, asOf, first.crossing.at, model.mbg);
    const [next] = await nextCrossings(model, { rows: point, count: 1, asOf: first.crossing.at, held: [first.crossing.band] });
    if (next) expect(next.at).toBeGreaterThan(first.crossing.at);
    if (next) expect(next.band).not.toBe(first.crossing.band);
  });

  it('is none for a row that cannot be scored, and the others have theirs', async () => {
    const wrong = rows.slice();
    wrong[3 * width + placeOf('tenure')] = Infinity;
    const [crossings, right] = [
      await nextCrossings(model, { rows: wrong, count, asOf }),
      await nextCrossings(model, { rows, count, asOf }),
    ];
    expect(crossings[3]).toBeUndefined();
    right[3] = undefined;
    expect(crossings).toEqual(right);
  });
});

describe('the bounds', () => {
  it('exist for the model, and save most questions', async () => {
    expect(await silenceBounds(model)).toBeDefined();
    let [questions, alone] = [0, 0];
    const counting: ScoringModel = {
      manifest: model.manifest,
      mbg: model.mbg,
      score: (some, size) => ((questions += size), model.score(some, size)),
      probabilities: (some, size) => ((alone += size), model.probabilities(some, size)),
      hasEnded: false,
      close: () => model.close(),
    };
    await nextCrossings(counting, { rows, count, asOf });
    [questions, alone] = [0, 0];
    const crossings = await nextCrossings(counting, { rows, count, asOf });
    const crossed = crossings.filter(Boolean).length;
    // All midnights would be 366 for each, before the 27 for the millisecond. Five were seen.
    expect(questions).toBeLessThan(10 * count);
    expect(alone).toBeLessThanOrEqual(crossed * 27);
    expect(alone).toBeGreaterThan(crossed * 20);
  });

  it('do not exist for a model whose contributions hang on several features: all midnights are asked, and the answers are the same', async () => {
    const right = await nextCrossings(model, { rows: rows.slice(0, 20 * width), count: 20, asOf });
    for (const other of ['season_sin', 'recency', 'recency_per_max']) {
      const mixing = notAdditive(model, other);
      expect(await silenceBounds(mixing), other).toBeUndefined();
      expect(await nextCrossings(mixing, { rows: rows.slice(0, 20 * width), count: 20, asOf }), other).toEqual(right);
    }
  });
});

/** Probabilities as they are, contributions told in another way: some of another feature's is given to tenure. */
function notAdditive(of: ScoringModel, other: string): ScoringModel {
  const [tenure, given] = [placeOf('tenure'), placeOf(other)];
  return {
    manifest: of.manifest,
    mbg: of.mbg,
    probabilities: (some, size) => of.probabilities(some, size),
    hasEnded: false,
    close: () => of.close(),
    score: async (some, size) => {
      const scores = await of.score(some, size);
      for (let row = 0; row < size; row += 1) {
        const moved = (some[row * width + given] ?? 0) * -0.3;
        scores.contrib[row * width + tenure] = (scores.contrib[row * width + tenure] ?? 0) + moved;
        scores.contrib[row * width + given] = (scores.contrib[row * width + given] ?? 0) - moved;
      }
      return scores;
    },
  };
}
