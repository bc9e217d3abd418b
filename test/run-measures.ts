import { report, type Measure } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What was asked for beside names: `--minutes 2` is `minutes` -> 2. */
export type MeasuringOptions = ReadonlyMap<string, number>;

/** A measuring command: works in a directory of its own and says what it measured. */
export type MeasuringCommand = (work: string, options: MeasuringOptions) => Promise<Measure[]>;

/**
 * Runs the commands that were named, or all.
 * @param known names of the options that any of them takes
 * @returns the exit code: 0 when every bar is met
 */
export async function runMeasures(
  commands: Readonly<Record<string, MeasuringCommand>>,
  words: readonly string[],
  known: readonly string[] = [],
): Promise<number> {
  const names: string[] = [];
  const options = new Map<string, number>();
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('--')) names.push(word);
    else options.set(word.slice(2), Number(words[(index += 1)] ?? Number.NaN));
  }
  const unknown = names.filter((name) => !(name in commands));
  const refused = [...options].filter(([name, value]) => !known.includes(name) || !(value > 0)).map(([name]) => `--${name}`);
  if (unknown.length + refused.length > 0) {
    const optional = known.map((name) => `--${name} N`);
    const all = [...Object.keys(commands), ...optional].join(', ');
    process.stderr.write(`${[...unknown, ...refused].join(', ')} cannot be measured. There are: ${all}\n`);
    return 2;
  }
  const measures: Measure[] = [];
  for (const [name, command] of Object.entries(commands)) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stdout.write(`${name} ...\n`);
    const work = await mkdtemp(join(tmpdir(), `tideline-${name}-`));
    try {
      measures.push(...(await command(work, options)).map((each) => ({ ...each, measure: `${name}: ${each.measure}` })));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  return report(measures);
}
