import { exp, ln } from './exact-math.js';

/** What a stream of random numbers is for: each purpose of an entity draws from its own, so none disturbs another. */
export const purposes = {
  latent: 1,
  path: 2,
  order: 3,
  return: 4,
  profile: 5,
  holdout: 6,
  product: 7,
  price: 8,
  campaign: 9,
  registration: 10,
  update: 11,
  fault: 12,
  returned: 13,
} as const;
export type Purpose = keyof typeof purposes;

const unit = 1 / 4_294_967_296;

/**
 * Random numbers that depend on (seed, purpose, entity, part) and on nothing else. The four words are hashed into the state
 * of sfc32 (Chris Doty-Humphrey's PractRand), whose steps are 32-bit integers: same words, same numbers, on any machine.
 */
export class Stream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spareNormal: number | undefined;

  constructor(seed: number, purpose: Purpose, entity = 0, part = 0) {
    const high = Math.floor(seed / 4_294_967_296);
    this.#a = mix(mix(mix(seed >>> 0, high), purposes[purpose]), entity);
    this.#b = mix(mix(this.#a ^ 0x9e3779b9, part), entity);
    this.#c = mix(mix(this.#b ^ 0x85ebca6b, purposes[purpose]), part);
    for (let round = 0; round < 8; round += 1) this.word();
  }

  /** 32 random bits. */
  word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** In (0, 1), never an end of it. */
  uniform(): number {
    return (this.word() + 0.5) * unit;
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.uniform() * below);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('Nothing to pick from.');
    return item;
  }

  exponential(mean: number): number {
    return -mean * ln(this.uniform());
  }

  /** Mean 0, variance 1: Marsaglia's polar method. */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * ln(square)) / square);
      this.#spareNormal = y * scale;
      return x * scale;
    }
  }

  /** Scale 1, mean = shape: Marsaglia and Tsang, ACM TOMS 26 (2000). */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * exp(ln(this.uniform()) / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const root = 1 + c * x;
      if (root <= 0) continue;
      const v = root * root * root;
      if (ln(this.uniform()) < 0.5 * x * x + d - d * v + d * ln(v)) return d * v;
    }
  }

  /** Beta(2, 2): the middle one of three. */
  beta22(): number {
    const [a, b, c] = [this.uniform(), this.uniform(), this.uniform()];
    return a + b + c - Math.min(a, b, c) - Math.max(a, b, c);
  }

  /** Small means only: it takes about `mean` steps. */
  poisson(mean: number): number {
    const floor = exp(-mean);
    let count = 0;
    for (let product = this.uniform(); product > floor; product *= this.uniform()) count += 1;
    return count;
  }

  /** 0, 1, 2, ... with the given mean. */
  geometric(mean: number): number {
    const stop = 1 / (1 + mean);
    let count = 0;
    while (this.uniform() > stop) count += 1;
    return count;
  }

  /** Index of a weight, by weight. */
  weighted(weights: readonly number[]): number {
    let total = 0;
    for (const weight of weights) total += weight;
    let left = this.uniform() * total;
    for (let index = 0; index < weights.length; index += 1) {
      left -= weights[index] ?? 0;
      if (left <= 0) return index;
    }
    return weights.length - 1;
  }
}

/** One word stirred into another: the finaliser of MurmurHash3. */
function mix(hash: number, word: number): number {
  let h = (hash ^ Math.imul(word | 0, 0xcc9e2d51)) | 0;
  h = Math.imul((h << 15) | (h >>> 17), 5) + 0x52dce729;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
