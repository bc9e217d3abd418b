import type { FingerprintAnswer } from '#contracts';
import { Command } from 'commander';
import { instanceAt, parseUrl, urlHelp } from './instance.js';
import { parseShop } from './parse-shop.js';
import { say } from './say.js';

interface Options {
  readonly shop: string;
  readonly with?: string;
  readonly url?: string;
  readonly json?: true;
}

/** `fingerprint`: what a shop holds, in a form that can be compared. */
export function fingerprintCommand(): Command {
  return new Command('fingerprint')
    .description('Prints an order-free fingerprint of every table of a shop. Two shops that hold the same show the same.')
    .requiredOption('--shop <id>', 'the shop', parseShop)
    .option('--with <id>', 'another shop: says which tables differ, and ends with 1 when any does', parseShop)
    .option('--json', 'print the result as one JSON object, last')
    .option('--url <url>', urlHelp, parseUrl)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const client = await instanceAt(options.url);
  const one = await client.fingerprint(options.shop);
  if (options.with === undefined) return options.json ? say(JSON.stringify(one)) : sayFingerprint(one);
  const other = await client.fingerprint(options.with);
  const differing = one.tables.filter(
    ({ table, fingerprint }) => other.tables.find((each) => each.table === table)?.fingerprint !== fingerprint,
  );
  if (differing.length > 0) process.exitCode = 1;
  if (options.json)
    return say(JSON.stringify({ equal: differing.length === 0, differing: differing.map(({ table }) => table), of: [one, other] }));
  for (const { table, rows, fingerprint } of one.tables) {
    const theirs = other.tables.find((each) => each.table === table);
    const equal = theirs?.fingerprint === fingerprint;
    say(
      `${equal ? 'same   ' : 'DIFFERS'} ${table.padEnd(24)} ${rows.toLocaleString('en').padStart(12)} ${(theirs?.rows ?? 0).toLocaleString('en').padStart(12)} rows`,
    );
  }
  for (const each of [one, other]) sayIfPartial(each);
}

/** One line per table, and one for all of them. */
export function sayFingerprint(answer: FingerprintAnswer): void {
  const line = (table: string, rows: string, print: string): void => say(`${table.padEnd(24)} ${rows.padStart(12)}  ${print}`);
  for (const { table, rows, fingerprint } of answer.tables) line(table, rows.toLocaleString('en'), fingerprint);
  line(`${answer.shop}, all tables`, '', answer.fingerprint);
  sayIfPartial(answer);
}

function sayIfPartial({ shop, partial }: FingerprintAnswer): void {
  if (partial) say(`${shop} moved while it was read: its tables are of several moments, and comparing them means nothing.`);
}
