import { loadMapping, readFiles, runImport, shopConfig, type Collected, type ImportPhase, type ShopDefaults } from '#importing';
import { Command } from 'commander';
import { resolve } from 'node:path';
import { brokersHelp, parseBrokers } from './brokers.js';
import { instanceAt, parseUrl, urlHelp } from './instance.js';
import { parseShop } from './parse-shop.js';
import { Progress } from './progress.js';
import { say } from './say.js';

interface Options {
  readonly shop: string;
  readonly mapping: string;
  readonly url?: string;
  readonly brokers?: readonly string[];
  readonly rejects?: string;
  readonly json?: true;
  readonly dryRun?: true;
}

/** `import`: a CSV becomes events, the events become figures. */
export function importCommand(): Command {
  return new Command('import')
    .description('Sends a CSV as events through Kafka into a shop of its own, and returns when every figure is exact.')
    .argument('<file...>', 'CSV files, plain or .gz')
    .requiredOption('--shop <id>', 'the shop; it is made when it does not exist', parseShop)
    .requiredOption('--mapping <name-or-file>', 'a mapping that ships, or a YAML file')
    .option('--url <url>', urlHelp, parseUrl)
    .option('--brokers <list>', brokersHelp, parseBrokers)
    .option('--rejects <file>', 'where rejected rows go (default: <shop>.rejects.csv)')
    .option('--dry-run', 'read and count, send nothing')
    .option('--json', 'print the result as one JSON object, last')
    .action((files: string[], options: Options) => run(files, options));
}

async function run(files: string[], options: Options): Promise<void> {
  const progress = new Progress();
  try {
    await importFiles(files, options, progress);
  } finally {
    progress.stop();
  }
}

async function importFiles(files: string[], options: Options, progress: Progress): Promise<void> {
  const begun = performance.now();
  const mapping = await loadMapping(options.mapping, await shopDefaults());
  const rejectsPath = resolve(options.rejects ?? `${options.shop}.rejects.csv`);
  const client = options.dryRun ? undefined : await instanceAt(options.url);
  let early: Promise<unknown> | undefined;
  const collected = await readFiles(files, {
    mapping,
    rejectsPath,
    onProgress: (done, rows) => {
      progress.show('reading', done, rows, 'rows');
      // The file can be read and has its columns: the instance makes the shop while the rest is read. What it refuses is said later.
      early ??= client?.registerShop(options.shop, mapping).catch(() => undefined);
    },
  });
  const readMs = performance.now() - begun;
  if (!client) {
    progress.stop();
    return report({ shop: options.shop, dryRun: true, ...counts(collected, rejectsPath), readMs: Math.round(readMs) }, options);
  }
  await early;

  // Loaded here: --help, a dry run and a wrong file name do not need the broker's client.
  const [{ openStreaming }, { createLogger }] = await Promise.all([import('#streaming'), import('#observability')]);
  const outcome = await runImport(collected, {
    shop: options.shop,
    mapping,
    client,
    brokers: options.brokers,
    openStreaming: (brokers) => openStreaming({ brokers, clientId: 'tideline-import', logger: createLogger('silent') }),
    onProgress: (phase, done, of) => progress.show(phase, of === 0 ? 1 : done / of, done, units[phase]),
  });
  progress.stop();
  report(
    {
      shop: options.shop,
      ...counts(collected, rejectsPath),
      events: outcome.events,
      deadLetters: outcome.deadLetters,
      megabytes: Number((outcome.bytes / 1e6).toFixed(1)),
      readMs: Math.round(readMs),
      totalMs: Math.round(performance.now() - begun),
      figures: outcome.summary.figures,
      generation: outcome.summary.generation,
    },
    options,
  );
}

function counts(collected: Collected, rejectsPath: string) {
  const rejectedRows = [...collected.rejected.values()].reduce((sum, count) => sum + count, 0);
  const documents = [...collected.documents.values()];
  const { tables } = collected;
  return {
    rows: collected.rows,
    saleRows: collected.sales,
    returnRows: collected.returns,
    rejectedRows,
    rejected: Object.fromEntries(collected.rejected),
    ...(rejectedRows > 0 ? { rejectsFile: rejectsPath } : {}),
    orders: documents.filter((document) => document.kind === 'sale').length,
    refunds: documents.filter((document) => document.kind === 'return').length + tables.returns.size,
    products: new Set([...collected.products.keys(), ...tables.products.keys()]).size,
    customers: new Set([...collected.customers.keys(), ...tables.customers.keys()]).size,
  };
}

function report(result: Readonly<Record<string, unknown>>, options: Options): void {
  if (options.json) return say(JSON.stringify(result));
  for (const [name, value] of Object.entries(result)) {
    if (typeof value !== 'object' || value === null) say(`${name.padEnd(14)} ${String(value)}`);
    else
      for (const [inner, figure] of Object.entries(value as Record<string, unknown>)) say(`${name.padEnd(14)} ${inner}: ${String(figure)}`);
  }
}

const units: Readonly<Record<ImportPhase, string>> = { sending: 'events', settling: 'messages in the figures' };

/** What the settings say of a shop whose mapping is silent. */
async function shopDefaults(): Promise<ShopDefaults> {
  const { readConfig } = await import('#config');
  return readConfig([shopConfig], undefined, { strict: false }).get(shopConfig);
}
