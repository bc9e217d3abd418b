import type { World } from '#simulation';
import { Command, InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';

interface Options {
  readonly profile: string;
  readonly out: string;
  readonly seed?: number;
  readonly customers?: number;
  readonly products?: number;
  readonly orders?: number;
  readonly json?: true;
}

/** `simulate`: the history of a simulated shop as CSV, with the truth that no event tells. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .description('Writes two years of a simulated shop as CSV files, which the mapping tideline imports.')
    .addOption(new Option('--profile <name>', 'which shop').choices(['seed', 'rich', 'load']).default('seed'))
    .requiredOption('--out <dir>', 'the directory; files of an earlier run are replaced')
    .option('--seed <n>', 'another world of the same law', wholeNumber)
    .option('--customers <n>', 'of profile load', wholeNumber)
    .option('--products <n>', 'of profile load', wholeNumber)
    .option('--orders <n>', 'of profile load, met within a few per cent', wholeNumber)
    .option('--json', 'print the result as one JSON object')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const begun = performance.now();
  // Loaded here: the names of all countries take a moment, and other commands need none.
  const { World, profileOf, writeCsvFiles } = await import('#simulation');
  const usual = profileOf('load');
  const world: World = new World({
    profile: options.profile,
    seed: options.seed,
    size: {
      customers: options.customers ?? usual.customers,
      products: options.products ?? usual.products,
      orders: options.orders ?? 1_000_000,
    },
  });
  const out = resolve(options.out);
  const rows = await writeCsvFiles(world, out);
  const result = { profile: world.profile.name, seed: world.seed, out, rows, totalMs: Math.round(performance.now() - begun) };
  if (options.json) return void process.stdout.write(`${JSON.stringify(result)}\n`);
  for (const [name, count] of Object.entries(rows)) process.stdout.write(`${name.padEnd(24)} ${String(count).padStart(9)} rows\n`);
  const files = Object.keys(rows).filter((name) => name !== 'ground_truth.csv');
  process.stdout.write(
    `Import them: npm run -s cli -- import --shop my-shop --mapping tideline ${files.map((name) => `${options.out}/${name}`).join(' ')}\n`,
  );
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) throw new InvalidArgumentError('It must be a whole number.');
  return number;
}
