import type { Addition } from './headline.js';

/** Steps that are remembered: whoever watches a shop asks several times a second. */
const mostSteps = 64;

/**
 * What the newest steps of this process added to the headline, as long as they did nothing else to it. Who knows the headline of one of
 * their generations need not read it again.
 */
export class HeadlineTail {
  /** Of each step the generation that it began at, oldest first and without a hole. */
  #steps: { readonly from: bigint; readonly additions: readonly Addition[] }[] = [];
  #at: bigint | undefined;

  /** @param additions undefined where the step did more than add, or where nobody knows what came before it */
  add(generation: bigint, additions: readonly Addition[] | undefined): void {
    if (additions === undefined || this.#at === undefined) this.#steps = [];
    else this.#steps.push({ from: this.#at, additions });
    if (this.#steps.length > mostSteps) this.#steps.shift();
    this.#at = generation;
  }

  /** All that came after a generation, or undefined where additions do not tell. */
  since(generation: bigint): readonly Addition[] | undefined {
    if (generation === this.#at) return [];
    const first = this.#steps.findIndex(({ from }) => from === generation);
    return first < 0 ? undefined : this.#steps.slice(first).flatMap(({ additions }) => additions);
  }
}
