import { features } from '#warehouse';
import { setImmediate as breathe } from 'node:timers/promises';
import { dayMs, moving, placeOf } from './advance.js';
import type { Bounds, Kept } from './crossing-search.js';
import type { ScoringModel } from './model.js';
import { RangeTable } from './range-table.js';

const samples = 4_096;
/** Of them that are asked at a time: a few milliseconds of this thread. */
const atATime = 128;
const width = features.length;
/** In logits: float32 of contributions, and of the features that they are made of. */
const slack = 1e-5;

/** A moving feature that may push either way: where its values are sampled, and which place a value has among the samples. */
interface Free {
  readonly places: readonly number[];
  /** The values at sample `at`, one for each of the places. */
  readonly valuesAt: (at: number) => readonly number[];
  /** Between which samples a point lies, as a fraction; NaN without a value. `at` in Unix milliseconds. */
  readonly sampleOf: (row: Float32Array, at: number) => number;
}

const ofDays = (name: string): Free => {
  const place = placeOf(name);
  return { places: [place], valuesAt: (at) => [at], sampleOf: (row) => row[place] ?? NaN };
};
const ratePlace = placeOf('rate');
const perDoubling = samples / 32;
const season = (at: number): number => (at / samples) * 2 * Math.PI;
const free: readonly Free[] = [
  ofDays('tenure'),
  ofDays('return_recency'),
  {
    places: [ratePlace],
    valuesAt: (at) => [2 ** (at / perDoubling - 20)],
    sampleOf: (row) => (Math.log2(row[ratePlace] ?? NaN) + 20) * perDoubling,
  },
  {
    // Twice around, so that any stretch of a year lies in one piece.
    places: [placeOf('season_sin'), placeOf('season_cos')],
    valuesAt: (at) => [Math.sin(season(at)), Math.cos(season(at))],
    sampleOf: (_, at) => ((((at / dayMs) % 365.25) + 365.25) % 365.25) * (samples / 365.25),
  },
];
const seasonal = free.length - 1;

/** Moving features that push one way only, as the list of features promises: their values from least to most churn. */
const signed = moving.flatMap((place) => {
  const { name, sign } = features[place] ?? { name: '', sign: 0 };
  if (sign === 0) return [];
  const along = (at: number): number => (at / samples) * 2 - 1;
  const rising = (at: number): number => (name === 'recency' ? at : name === 'mbg_logit' ? along(at) * 20 : 2 ** (along(at) * 12));
  return [{ place, valueAt: (at: number): number => (sign > 0 ? rising(at) : rising(samples - 1 - at)) }];
});

/**
 * How high and how low a probability can be between two instants of silence, from contributions alone. Each is a function of one feature,
 * and each feature moves one way. So what may push one way only is least and highest at the two ends. For what may push either way (time
 * since the first order and since the last refund, rate, season) the model is asked once, along samples: a day, half a percent of a rate,
 * two hours of the season. A step of the model narrower than that can be overlooked.
 *
 * @returns undefined for a model that is not so: then every midnight has to be asked
 */
export async function silenceBounds(model: ScoringModel): Promise<Bounds | undefined> {
  const straight = await contributions(model, (at) => at);
  const mixed = await contributions(model, mix);
  const tables: RangeTable[] = [];
  for (const [feature, { places }] of free.entries()) {
    // All of this in one piece would hold the thread for 50 ms.
    await breathe();
    const values = new Float64Array(feature === seasonal ? 2 * samples : samples);
    for (let at = 0; at < values.length; at += 1) values[at] = sum(straight, at % samples, places);
    for (let at = 0; at < samples; at += 1) {
      if (Math.abs(sum(mixed, at, places) - (values[mix(at, feature)] ?? NaN)) > slack) return undefined;
    }
    tables.push(await RangeTable.of(values, breathe));
  }
  for (const { place } of signed) {
    for (let at = 1; at < samples; at += 1) {
      if ((straight[at * width + place] ?? NaN) < (straight[(at - 1) * width + place] ?? NaN) - slack) return undefined;
    }
  }
  return { keep, between: (from, to) => boundsBetween(model.manifest.base, tables, from, to) };
}

/** Each feature along its samples in another order than the others: what hangs on two of them is not the same then. */
function mix(at: number, feature: number): number {
  return (at * 5 + feature * 977) % samples;
}

/** The sum of all contributions, then of each free feature its contribution and its sample. */
function keep(at: number, row: Float32Array, contrib: Float32Array): Kept {
  // No typed array: one of more than 64 bytes lies outside of the heap, and a search makes a million.
  const kept = [sumAll(contrib)];
  for (const { places, sampleOf } of free) kept.push(sum(contrib, 0, places), sampleOf(row, at));
  return kept;
}

function boundsBetween(base: number, tables: readonly RangeTable[], from: Kept, to: Kept): readonly [number, number] | undefined {
  let [least, highest] = [base + (from[0] ?? NaN) - slack, base + (to[0] ?? NaN) + slack];
  for (const [index, table] of tables.entries()) {
    const [then, one] = [from[1 + 2 * index] ?? NaN, from[2 + 2 * index] ?? NaN];
    const [later, other] = [to[1 + 2 * index] ?? NaN, to[2 + 2 * index] ?? NaN];
    let [low, high] = [Math.min(then, later), Math.max(then, later)];
    if (!Number.isNaN(one)) {
      // A later time of year may have a smaller number.
      const last = index === seasonal && other < one ? other + samples : other;
      const [begin, end] = [Math.floor(Math.min(one, last)), Math.ceil(Math.max(one, last))];
      if (begin < 0 || end >= table.length) return undefined;
      const [lowest, topmost] = table.range(begin, end);
      [low, high] = [Math.min(low, lowest), Math.max(high, topmost)];
    }
    least += low - then;
    highest += high - later;
  }
  return [1 / (1 + Math.exp(-least)), 1 / (1 + Math.exp(-highest))];
}

/** [samples, F] contributions of rows whose moving features run along their samples, each as `which` says; the others are zero. */
async function contributions(model: ScoringModel, which: (at: number, feature: number) => number): Promise<Float32Array> {
  const all = new Float32Array(samples * width);
  for (let start = 0; start < samples; start += atATime) {
    await breathe();
    const rows = new Float32Array(atATime * width);
    for (let row = 0; row < atATime; row += 1) {
      free.forEach(({ places, valuesAt }, feature) => {
        valuesAt(which(start + row, feature)).forEach((value, index) => (rows[row * width + (places[index] ?? 0)] = value));
      });
      signed.forEach(({ place, valueAt }, index) => (rows[row * width + place] = valueAt(which(start + row, free.length + index))));
    }
    all.set((await model.score(rows, atATime)).contrib, start * width);
  }
  return all;
}

function sum(contrib: Float32Array, row: number, places: readonly number[]): number {
  let total = 0;
  for (const place of places) total += contrib[row * width + place] ?? NaN;
  return total;
}

function sumAll(contrib: Float32Array): number {
  let total = 0;
  for (const value of contrib) total += value;
  return total;
}
