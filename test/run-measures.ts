import { report, type Measure } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A measuring command: works in a directory of its own and says what it measured. */
export type MeasuringCommand = (work: string) => Promise<Measure[]>;

/** Runs the commands that were named, or all. @returns the exit code: 0 when every bar is met */
export async function runMeasures(commands: Readonly<Record<string, MeasuringCommand>>, names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in commands));
  if (unknown.length > 0) {
    process.stderr.write(`There is no ${unknown.join(', ')}. There are: ${Object.keys(commands).join(', ')}\n`);
    return 2;
  }
  const measures: Measure[] = [];
  for (const [name, command] of Object.entries(commands)) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stdout.write(`${name} ...\n`);
    const work = await mkdtemp(join(tmpdir(), `tideline-${name}-`));
    try {
      measures.push(...(await command(work)).map((each) => ({ ...each, measure: `${name}: ${each.measure}` })));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  return report(measures);
}
