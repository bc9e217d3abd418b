import { features, horizonDays, type MbgParameters } from '#warehouse';

export const dayMs = 86_400_000;
const width = features.length;

const places = new Map(features.map(({ name }, place) => [name, place]));

/** Column of a feature. */
export function placeOf(name: string): number {
  const place = places.get(name);
  if (place === undefined) throw new TypeError(`No feature ${name}.`);
  return place;
}

const at = {
  recency: placeOf('recency'),
  tenure: placeOf('tenure'),
  repeatDays: placeOf('repeat_days'),
  gapMean: placeOf('gap_mean'),
  gapStd: placeOf('gap_std'),
  gapMax: placeOf('gap_max'),
  gapEwma: placeOf('gap_ewma'),
  perMean: placeOf('recency_per_mean'),
  perEwma: placeOf('recency_per_ewma'),
  perMax: placeOf('recency_per_max'),
  z: placeOf('recency_z'),
  money120: placeOf('money_120'),
  rate: placeOf('rate'),
  returnRecency: placeOf('return_recency'),
  seasonSin: placeOf('season_sin'),
  seasonCos: placeOf('season_cos'),
  mbgLogit: placeOf('mbg_logit'),
};
const decays = [14, 45, 120, 365].map((halfLife) => [placeOf(`orders_${halfLife}`), halfLife] as const);

/** Places of the features that move while nothing happens; all others stay as they are. */
export const moving: readonly number[] = [
  ...[at.recency, at.tenure, at.perMean, at.perEwma, at.perMax, at.z, ...decays.map(([place]) => place), at.money120],
  ...[at.rate, at.returnRecency, at.seasonSin, at.seasonCos, at.mbgLogit],
];

/** A row to start from, and where its successor goes: `rows` at `row`, `into` at `place`, counted in rows. */
export interface Places {
  readonly rows: Float32Array;
  readonly row: number;
  readonly into: Float32Array;
  readonly place: number;
}

/**
 * The features of a row at an instant `to`, if nothing happened since `asOf`; both in Unix milliseconds, `to` at or after `asOf`. What does
 * not move is the same bits; what moves is within a few units in the last place of what the statement would give at `to`, because it starts
 * from float32. With `to` = `asOf` it is the row itself.
 */
export function advanceInto({ rows, row, into, place }: Places, asOf: number, to: number, mbg: MbgParameters): void {
  const [from, out] = [row * width, place * width];
  const was = (index: number): number => rows[from + index] as number;
  const [since, age, gapMean, gapStd] = [was(at.recency), was(at.tenure), was(at.gapMean), was(at.gapStd)];
  const days = (to - asOf) / dayMs;
  const [recency, tenure] = [since + days, age + days];
  // The row may stand where its successor goes: what is asked of the old one is asked before.
  const [repeatDays, rate] = [was(at.repeatDays), was(at.rate) * (age + 1)];
  for (let index = 0; index < width; index += 1) into[out + index] = was(index);
  if (to === asOf) return;
  into[out + at.recency] = recency;
  into[out + at.tenure] = tenure;
  into[out + at.perMean] = recency / gapMean;
  into[out + at.perEwma] = recency / was(at.gapEwma);
  into[out + at.perMax] = recency / was(at.gapMax);
  into[out + at.z] = (recency - gapMean) / (gapStd + 3);
  for (const [index, halfLife] of decays) into[out + index] = was(index) * 2 ** (-days / halfLife);
  into[out + at.money120] = was(at.money120) * 2 ** (-days / 120);
  into[out + at.rate] = rate / (tenure + 1);
  into[out + at.returnRecency] = was(at.returnRecency) + days;
  const season = (2 * Math.PI * to) / dayMs / 365.25;
  into[out + at.seasonSin] = Math.sin(season);
  into[out + at.seasonCos] = Math.cos(season);
  into[out + at.mbgLogit] = mbgLogit(repeatDays, age - since, tenure, mbg);
}

/** The same for one row and a number of days. @returns a row of its own */
export function advance(row: Float32Array, days: number, asOf: number, mbg: MbgParameters): Float32Array {
  const into = new Float32Array(width);
  advanceInto({ rows: row, row: 0, into, place: 0 }, asOf, asOf + days * dayMs, mbg);
  return into;
}

/**
 * Logit of P(no order in the horizon) by MBG/NBD: `x` purchase days after the first, the last `tx` days after it, `age` days old. In logs,
 * as the statement has it (`libs/warehouse/src/features/customer-features.ts`); source: shared/churn.md, section 4.
 */
function mbgLogit(x: number, tx: number, age: number, { r, alpha, a, b }: MbgParameters): number {
  const [shape, then] = [r + x, alpha + age];
  const gone = Math.log(a / (b + x)) + shape * Math.log(then / (alpha + tx));
  const softened = gone > 0 ? gone + Math.log1p(Math.exp(-gone)) : Math.log1p(Math.exp(gone));
  const logSome = Math.log(1 - Math.exp(shape * Math.log(then / (then + horizonDays)))) - softened;
  return Math.log1p(-Math.exp(logSome)) - logSome;
}
