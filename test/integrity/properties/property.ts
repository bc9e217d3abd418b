import type { ClickHouse } from '#clickhouse';
import { describeDifferences } from '#testing';
import fc from 'fast-check';
import { commands } from './commands.js';
import { Desk } from './desk.js';
import { ShopUnderFaults } from './shop-under-faults.js';

export interface PropertyRun {
  /** Fixes every run. */
  readonly seed: number;
  readonly runs: number;
  /** To see one failing run again: what it printed. */
  readonly path?: string;
  readonly replay?: string;
}

/** How often what was asked for took place. */
export interface PropertyCounts {
  runs: number;
  commands: number;
  crashes: number;
  failures: number;
  comparisons: number;
}

/** How long a shorter failing run is looked for. */
const shrinkMs = 120_000;

/**
 * Whatever happens to a shop, and in whatever order: once it has come to its end every cell equals the oracle.
 * @throws with the shortest failing run that was found, and the command that shows it again
 */
export async function everyCellIsExact(engine: ClickHouse, run: PropertyRun): Promise<PropertyCounts> {
  const counts: PropertyCounts = { runs: 0, commands: 0, crashes: 0, failures: 0, comparisons: 0 };
  let shrinkUntil = Infinity;
  const property = fc.asyncProperty(commands(run.replay), async (happenings) => {
    // Shorter than what was found by now is not worth more time.
    if (performance.now() > shrinkUntil) return;
    counts.runs += 1;
    const shop = await ShopUnderFaults.open(engine, `run-${run.seed}-${counts.runs}`);
    try {
      await fc.asyncModelRun(() => ({ model: new Desk(), real: shop }), happenings);
      const differences = await shop.finish();
      if (differences.length > 0) throw new Error(describeDifferences(differences));
    } catch (error) {
      shrinkUntil = Math.min(shrinkUntil, performance.now() + shrinkMs);
      throw error;
    } finally {
      await shop.remove();
    }
    for (const name of ['crashes', 'failures', 'comparisons'] as const) counts[name] += shop.counts[name];
    counts.commands += [...happenings].length;
  });
  const { seed, runs: numRuns, path } = run;
  const details = await fc.check(property, { seed, numRuns, ...(path === undefined ? {} : { path }) });
  if (!details.failed) return counts;
  const { counterexample, counterexamplePath, errorInstance: error } = details;
  const happenings = fc.stringify(counterexample?.[0]);
  const again = /replayPath="([^"]*)"/.exec(happenings)?.[1] ?? '';
  throw new Error(
    `A run went wrong: ${error instanceof Error ? error.message : String(error)}
What happened in it: ${happenings}
Once more: npm run test:integrity -- properties --seed ${seed} --path '${counterexamplePath ?? ''}' --replay '${again}'`,
    { cause: error },
  );
}
