import { topics, type CustomerScore } from '#contracts';
import { partitionOfKey } from '#streaming';
import { setImmediate as breathe } from 'node:timers/promises';
import type { PastScore } from './past-scores.js';

/** A score with its instant, Unix milliseconds, and the partition of `alerts.v1` that its event would have been on. */
export interface LinedScore extends PastScore {
  readonly at: number;
  readonly partition: number;
}

const dayMs = 86_400_000;

/** Scores in the order (instant, customer), whatever order they come in. Sorted day by day, so that nobody waits for a year of them. */
export class ScoreLine {
  readonly #days = new Map<number, LinedScore[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(scores: readonly PastScore[]): void {
    for (const { eventId, score } of scores) {
      const at = Date.parse(score.decidedAt);
      const day = Math.floor(at / dayMs);
      const of = this.#days.get(day);
      const lined = { at, eventId, score, partition: partitionOfKey(score.customerId, topics['alerts.v1'].partitions) };
      if (of) of.push(lined);
      else this.#days.set(day, [lined]);
    }
    this.#size += scores.length;
  }

  async inOrder(): Promise<readonly LinedScore[]> {
    const all: LinedScore[] = [];
    for (const day of [...this.#days.keys()].sort((a, b) => a - b)) {
      // A stable sort leaves a customer's scores of one instant in their order.
      const scores = (this.#days.get(day) ?? []).sort((a, b) => a.at - b.at || byId(a.score, b.score));
      // One by one: the first day holds every customer, more than a call takes as arguments.
      for (const each of scores) all.push(each);
      await breathe();
    }
    return all;
  }
}

function byId(a: CustomerScore, b: CustomerScore): number {
  return a.customerId < b.customerId ? -1 : a.customerId > b.customerId ? 1 : 0;
}
