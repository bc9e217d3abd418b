import { openEmbedded } from '#clickhouse';
import { exactly } from '#testing';
import { join } from 'node:path';
import type { MeasureOptions, Measured } from '../../run-measures.js';
import { everyCellIsExact, type PropertyCounts } from './property.js';

/** Runs of one seed; each seed has a store of its own, which would grow otherwise. */
const runsPerSeed = 5;

/** Property tests, as many seeds as wanted: 40 by default. Stops at the first that fails and says how to see it again. */
export async function properties(work: string, { seeds = 40, seed, path, replay }: MeasureOptions): Promise<Measured> {
  const asked = seed === undefined ? Array.from({ length: seeds }, (_, index) => index + 1) : [seed];
  const total: PropertyCounts = { runs: 0, commands: 0, crashes: 0, failures: 0, comparisons: 0 };
  let wrong = 0;
  for (const each of asked) {
    const store = await openEmbedded(join(work, String(each)));
    try {
      const again = { ...(path === undefined ? {} : { path }), ...(replay === undefined ? {} : { replay }) };
      const counts = await everyCellIsExact(store, { seed: each, runs: runsPerSeed, ...again });
      for (const name of Object.keys(total) as (keyof PropertyCounts)[]) total[name] += counts[name];
    } catch (error) {
      wrong += 1;
      process.stdout.write(`Seed ${each}: ${error instanceof Error ? error.message : String(error)}\n`);
    } finally {
      await store.close();
    }
    if (wrong > 0) break;
  }
  const counted = (measure: keyof PropertyCounts, unit: string) => ({
    measure,
    value: total[measure],
    unit,
    bar: null,
    ok: total.runs > 0,
  });
  return {
    measures: [
      exactly('seeds with a run in which a cell differs', wrong, 'seeds', 0),
      counted('runs', 'runs'),
      counted('commands', 'commands'),
      counted('crashes', 'crashes'),
      counted('failures', 'failed statements'),
      counted('comparisons', 'comparisons'),
    ],
    details: { seeds: asked },
  };
}
