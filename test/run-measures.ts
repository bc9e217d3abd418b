import { openEmbedded } from '#clickhouse';
import { kafkaVersion, machine, report, type Measure } from '#testing';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What may be asked of a measuring command; each takes of it what it knows. */
export interface MeasureOptions {
  /** How many seeds, or kills, or rounds: more take longer and prove more. */
  readonly seeds?: number;
  /** How many processes are killed. */
  readonly kills?: number;
  /** One run again, as a failing one printed it. */
  readonly seed?: number;
  /** How long a measure goes on. */
  readonly minutes?: number;
  /** How many events it takes. */
  readonly events?: number;
  /** How many customers it is about. */
  readonly customers?: number;
  readonly path?: string;
  readonly replay?: string;
}

/** What a command measured, and what else its report should hold. */
export interface Measured {
  readonly measures: readonly Measure[];
  readonly details: Readonly<Record<string, unknown>>;
  /** What shows it to people, rewritten where the report is kept. */
  readonly document?: { readonly file: string; readonly rewritten: (text: string) => string };
}

/** A measuring command: works in a directory of its own and says what it measured. */
export type MeasuringCommand = (work: string, options: MeasureOptions) => Promise<readonly Measure[] | Measured>;

/** Options that are whole numbers. */
const numbers = ['seeds', 'kills', 'seed', 'minutes', 'events', 'customers'] as const;

const usage = `Options: --minutes N, --events N, --customers N, --seeds N, --kills N, --seed N --path PATH --replay PATH (one run again), --evidence (writes docs/evidence/COMMAND.json)`;

/**
 * Runs the commands that were named, or all.
 * @param args names and options; with `--evidence` each command's report is kept in `docs/evidence`
 * @param onlyNamed commands that take hours, so that nobody gets them without asking
 * @returns the exit code: 0 when every bar is met
 */
export async function runMeasures<Name extends string>(
  commands: Readonly<Record<Name, MeasuringCommand>>,
  args: readonly string[],
  onlyNamed: readonly NoInfer<Name>[] = [],
): Promise<number> {
  let asked: Asked;
  try {
    asked = parse(args, Object.keys(commands));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return 2;
  }
  const all: Measure[] = [];
  const works: string[] = [];
  try {
    for (const [name, command] of Object.entries<MeasuringCommand>(commands)) {
      if (asked.names.length > 0 ? !asked.names.includes(name) : onlyNamed.some((each) => each === name)) continue;
      process.stdout.write(`${name} ...\n`);
      const work = await mkdtemp(join(tmpdir(), `tideline-${name}-`));
      works.push(work);
      const answer = await command(work, asked.options);
      const { measures, details, document }: Measured = 'measures' in answer ? answer : { measures: answer, details: {} };
      if (asked.evidence) await keep(name, asked.options, measures, details, work);
      // Figures that are not exact are nothing to show.
      if (asked.evidence && document && measures.every(({ ok }) => ok))
        await writeFile(document.file, document.rewritten(await readFile(document.file, 'utf8')));
      all.push(...measures.map((each) => ({ ...each, measure: `${name}: ${each.measure}` })));
    }
  } finally {
    // Not in between: on an ext4 file system without a journal thousands of deleted files slow each new one down for minutes.
    for (const work of works) await rm(work, { recursive: true, force: true });
  }
  return report(all);
}

interface Asked {
  readonly names: readonly string[];
  readonly options: MeasureOptions;
  readonly evidence: boolean;
}

/** @throws in words that say what there is */
function parse(args: readonly string[], commands: readonly string[]): Asked {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seeds: text,
      kills: text,
      seed: text,
      minutes: text,
      events: text,
      customers: text,
      path: text,
      replay: text,
      evidence: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.filter((name) => !commands.includes(name));
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}. There are: ${commands.join(', ')}`);
  const { path, replay } = values;
  return {
    names: positionals,
    evidence: values.evidence,
    options: {
      ...Object.fromEntries(numbers.flatMap((name) => numbered(name, values[name]))),
      ...(path === undefined ? {} : { path }),
      ...(replay === undefined ? {} : { replay }),
    },
  };
}

function numbered(name: (typeof numbers)[number], text: string | undefined): [string, number][] {
  if (text === undefined) return [];
  const number = Number(text);
  // None of something proves nothing, and every bar would be met by it; a seed is a name.
  const least = name === 'seed' ? 0 : 1;
  if (!Number.isInteger(number) || number < least) throw new Error(`--${name} takes a whole number from ${least} on, not ${text}.`);
  return [[name, number]];
}

/** The report of the last run of a command, for people who want to see and programs that compare. */
async function keep(
  command: string,
  options: MeasureOptions,
  measures: readonly Measure[],
  details: Measured['details'],
  work: string,
): Promise<void> {
  const store = await openEmbedded(join(work, 'version'));
  const clickhouse = await store.version();
  await store.close();
  const evidence = {
    command,
    options,
    date: new Date().toISOString(),
    machine: machine(),
    versions: { node: process.versions.node, clickhouse, kafka: kafkaVersion },
    met: measures.every((each) => each.ok),
    measures,
    ...details,
  };
  const folder = resolve('docs/evidence');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${command}.json`), `${JSON.stringify(evidence, null, 2)}\n`);
}
