import { atLeast, describeDifferences, exactly, Random, type Measure } from '#testing';
import type { Measured, MeasureOptions } from '../../run-measures.js';
import { Grounds, type Remains } from './grounds.js';
import type { SubjectName } from './subjects.js';
import { hasStrace, type Aim } from './victim.js';

/** What a series of kills came to. */
export interface Tally {
  aimed: number;
  random: number;
  /** Kills that did not come: the rename was not there this time, or the work had ended. */
  missed: number;
  /** Kills after which something differed. */
  wrong: number;
  cells: number;
}

export interface KillPlan {
  readonly subject: SubjectName;
  readonly seed: number;
  /** Kills at renames, at most; all that there are by default. */
  readonly aimed?: number;
  readonly random: number;
}

/** Kills aimed at renames and kills at random times that the long run makes at least. */
const bars = { aimed: 200, random: 100 };

/**
 * `kill -9` of the ledger writer and the refresher at every rename of two ingests and their refresh, and at random times; each time the
 * same directory is opened again, goes on to the end, and every cell is compared with the oracle. Beside it the negative control.
 */
export async function kills(work: string, { seeds = 4 }: MeasureOptions): Promise<Measured> {
  if (!(await hasStrace())) throw new Error('strace is missing, so nothing can be killed at a rename: apt-get install strace');
  const [product, control] = [emptyTally(), emptyTally()];
  const random = Math.ceil((1.1 * bars.random) / seeds);
  for (let seed = 1; seed <= seeds; seed += 1) await killAll(work, { subject: 'product', seed, random }, product);
  for (let seed = 1; seed <= 2; seed += 1) await killAll(work, { subject: 'tokens-and-views', seed, random: 10 }, control);
  return {
    measures: [
      atLeast('kills at a rename', product.aimed, 'kills', bars.aimed),
      atLeast('kills at a random time', product.random, 'kills', bars.random),
      exactly('kills after which a cell differs from the oracle', product.wrong, 'kills', 0),
      exactly('cells that differ', product.cells, 'cells', 0),
      ...controlMeasures(control),
    ],
    details: { seeds: Array.from({ length: seeds }, (_, index) => index + 1), product, control },
  };
}

/** A harness under which tokens and views stay right has not killed where it hurts. */
export function controlMeasures(control: Tally): Measure[] {
  if (control.wrong === 0) process.stdout.write('The negative control stayed right: these kills prove nothing.\n');
  return [atLeast('negative control: kills after which its sums differ', control.wrong, 'kills', 1)];
}

export function emptyTally(): Tally {
  return { aimed: 0, random: 0, missed: 0, wrong: 0, cells: 0 };
}

/** Carries a plan out and adds to a tally. The next process is killed while what the last one left is looked at. */
export async function killAll(work: string, plan: KillPlan, tally: Tally): Promise<void> {
  const grounds = await Grounds.prepare(work, plan.subject, plan.seed);
  let looking = Promise.resolve();
  for (const where of await placesOf(grounds, plan)) {
    const remains = await grounds.kill(where);
    await looking;
    looking = look(grounds, remains, where, tally, plan.subject);
  }
  await looking;
}

async function placesOf(grounds: Grounds, { seed, aimed, random }: KillPlan): Promise<(Aim | number)[]> {
  const chance = new Random(seed);
  const aims = aimed === 0 ? [] : await grounds.aims();
  const workMs = random === 0 ? 0 : await grounds.workMs();
  // A part of them is spread over all.
  const some = aimed === undefined || aimed >= aims.length ? aims : aims.filter((_, index) => index % Math.ceil(aims.length / aimed) === 0);
  return [...some, ...Array.from({ length: random }, () => chance.next() * workMs)];
}

async function look(grounds: Grounds, remains: Remains, where: Aim | number, tally: Tally, subject: SubjectName): Promise<void> {
  const differences = await grounds.differences(remains);
  if (!remains.killed) tally.missed += 1;
  else if (typeof where === 'number') tally.random += 1;
  else tally.aimed += 1;
  tally.cells += differences.length;
  if (differences.length === 0) return;
  tally.wrong += 1;
  // What the control shows is as wanted.
  if (subject === 'product') process.stdout.write(`Killed at ${JSON.stringify(where)}: ${describeDifferences(differences, 3)}\n`);
}
