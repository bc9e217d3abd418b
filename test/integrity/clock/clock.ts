import { openEmbedded } from '#clickhouse';
import { atLeast, exactly, seen, type Measure } from '#testing';
import { join } from 'node:path';
import type { MeasureOptions } from '../../run-measures.js';
import { jumpingClock } from './jumping-clock.js';
import { skewedProducers, type Skewed } from './skewed-producers.js';

/** Clocks that are wrong: those of producers, and that of the machine while it runs. */
export async function clock(work: string, { seeds = 5 }: MeasureOptions): Promise<Measure[]> {
  const engine = await openEmbedded(join(work, 'clickhouse'));
  const runs: Skewed[] = [];
  try {
    for (let seed = 1; seed <= seeds; seed += 1) runs.push(await skewedProducers(engine, `skewed-${seed}`, seed));
  } finally {
    await engine.close();
  }
  const sum = (of: keyof Skewed): number => runs.reduce((total, run) => total + run[of], 0);
  return [
    seen('messages of skewed producers', sum('messages'), 'messages'),
    atLeast('jumps back by an hour or more from one message to the next', sum('jumpsBack'), 'jumps', 30 * seeds),
    exactly('steps by which shop time went back', sum('clockBack'), 'steps', 0),
    exactly('skewed producers: cells that differ from the oracle', sum('cells'), 'cells', 0),
    ...(await jumpingClock(join(work, 'jumping'))).map((each) => ({ ...each, measure: `jumping clock: ${each.measure}` })),
  ];
}
