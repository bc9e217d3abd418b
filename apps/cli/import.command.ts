import { shopId } from '#contracts';
import { InstanceClient, loadMapping, readFiles, runImport, type Collected } from '#importing';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { resolve } from 'node:path';

interface Options {
  readonly shop: string;
  readonly mapping: string;
  readonly url: string;
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
    .option('--url <url>', 'the running instance', 'http://127.0.0.1:7070')
    .option('--rejects <file>', 'where rejected rows go (default: <shop>.rejects.csv)')
    .option('--dry-run', 'read and count, send nothing')
    .option('--json', 'print the result as one JSON object, last')
    .action((files: string[], options: Options) => run(files, options));
}

async function run(files: string[], options: Options): Promise<void> {
  const bars = progressBars();
  try {
    await importFiles(files, options, bars);
  } finally {
    // A bar left running keeps its timer, and with it the process, alive.
    bars?.stop();
  }
}

function parseShop(text: string): string {
  const parsed = shopId.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? '');
  return parsed.data;
}

async function importFiles(files: string[], options: Options, bars: MultiBar | undefined): Promise<void> {
  const begun = performance.now();
  const mapping = await loadMapping(options.mapping);
  const rejectsPath = resolve(options.rejects ?? `${options.shop}.rejects.csv`);
  const reading = bars?.create(100, 0, { task: 'reading ' });
  const client = options.dryRun ? undefined : new InstanceClient(options.url, await secret());
  let early: Promise<unknown> | undefined;
  const collected = await readFiles(files, {
    mapping,
    rejectsPath,
    onProgress: (done) => {
      reading?.update(Math.floor(done * 100));
      // The file can be read and has its columns: the instance makes the shop while the rest is read. What it refuses is said later.
      early ??= client?.registerShop(options.shop, mapping).catch(() => undefined);
    },
  });
  const readMs = performance.now() - begun;
  if (!client) {
    bars?.stop();
    return report({ shop: options.shop, dryRun: true, ...counts(collected, rejectsPath), readMs: Math.round(readMs) }, options);
  }
  await early;

  const bySending = new Map<string, SingleBar>();
  // Loaded here: --help, a dry run and a wrong file name do not need the broker's client.
  const [{ openStreaming }, { createLogger }] = await Promise.all([import('#streaming'), import('#observability')]);
  const outcome = await runImport(collected, {
    shop: options.shop,
    mapping,
    client,
    openStreaming: (brokers) => openStreaming({ brokers, clientId: 'tideline-import', logger: createLogger('silent') }),
    onProgress: (phase, done, of) => {
      let bar = bySending.get(phase);
      if (!bar && bars) bySending.set(phase, (bar = bars.create(of, 0, { task: phase.padEnd(8) })));
      bar?.setTotal(of);
      bar?.update(done);
    },
  });
  bars?.stop();
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
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  if (options.json) return say(JSON.stringify(result));
  for (const [name, value] of Object.entries(result)) {
    if (typeof value !== 'object' || value === null) say(`${name.padEnd(14)} ${String(value)}`);
    else
      for (const [inner, figure] of Object.entries(value as Record<string, unknown>)) say(`${name.padEnd(14)} ${inner}: ${String(figure)}`);
  }
}

/** Bars on stderr, so that stdout holds the result alone; none where nobody watches. */
function progressBars(): MultiBar | undefined {
  if (!process.stderr.isTTY) return undefined;
  return new MultiBar(
    {
      stream: process.stderr,
      format: '{task} {bar} {percentage}%  {value}/{total}  {eta_formatted} left',
      hideCursor: true,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  );
}

/** The instance's bearer token, where it needs one. Loaded late: a dry run asks nobody, and the settings bring Nest along. */
async function secret(): Promise<string | undefined> {
  const [{ readConfig }, { httpConfig }] = await Promise.all([import('#config'), import('#http')]);
  return readConfig([httpConfig], undefined, { strict: false }).get(httpConfig).TIDELINE_SECRET;
}
