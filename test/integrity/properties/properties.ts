import { openEmbedded } from '#clickhouse';
import { atLeast, exactly, type Measure } from '#testing';
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
  return { measures: propertyMeasures(total, wrong, path !== undefined || replay !== undefined), details: { seeds: asked } };
}

/** @param again one run was asked for again: whatever was in it is all there is */
export function propertyMeasures(total: PropertyCounts, wrong: number, again: boolean): Measure[] {
  const counted = (measure: keyof PropertyCounts, unit: string): Measure => atLeast(measure, total[measure], unit, again ? 0 : 1);
  return [
    exactly('seeds with a run in which a cell differs', wrong, 'seeds', 0),
    atLeast('runs', total.runs, 'runs', 1),
    counted('commands', 'commands'),
    counted('crashes', 'crashes'),
    counted('failures', 'failed statements'),
    counted('comparisons', 'comparisons'),
  ];
}
