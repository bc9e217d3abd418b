import { atLeast, MountRefused, type Measure } from '#testing';
import { join } from 'node:path';

import { storeAlone } from './store-alone.js';
import { wholeInstance } from './whole-instance.js';

/** A disk that is full, of the store alone and of a whole instance. */
export async function disk(work: string): Promise<Measure[]> {
  const named = (name: string, measures: readonly Measure[]): Measure[] =>
    measures.map((each) => ({ ...each, measure: `${name}: ${each.measure}` }));
  try {
    return [
      ...named('whole instance', await wholeInstance(join(work, 'whole'))),
      ...named('store alone', await storeAlone(join(work, 'alone'))),
    ];
  } catch (error) {
    if (!(error instanceof MountRefused)) throw error;
    process.stdout.write(`disk: not run, ${error.message}\n`);
    return [atLeast('small disks that could be made', 0, 'disks', 1)];
  }
}
