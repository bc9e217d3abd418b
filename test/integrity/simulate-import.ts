import { openEmbedded } from '#clickhouse';
import { demoShop, World, worldCurrency, worldEnd, worldTimeZone, type WorldOptions } from '#simulation';
import { compareWarehouse, exactly, foldOracle, importFiles, Instance, runCli, seen, type Measure, type OracleMessage } from '#testing';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atRest, differing, figuresOf, worldStands } from './answers.js';

const shop = 'imported';
const settings = { timeZone: worldTimeZone, currency: worldCurrency };
const names = ['transactions', 'customers', 'products', 'stock_counts', 'returns', 'marketing_campaigns'] as const;

/**
 * The whole history of profile `seed` by `cli simulate` and `cli import`, beside the same history streamed by the simulator: every
 * cell is what a fold over the streamed events says, every figure by REST is equal. Two runs of `cli simulate` write the same bytes.
 */
export async function simulateImport(work: string): Promise<Measure[]> {
  const streamed = { TIDELINE_SIMULATOR: 'on', TIDELINE_SIMULATOR_UNTIL: new Date(worldEnd).toISOString() };
  let differences = -1;
  let compared = 0;
  const measures = await importWorld(work, { profile: 'seed' }, ['--profile', 'seed'], streamed, async (instance) => {
    await worldStands(instance.url);
    await atRest([instance], demoShop);
    // The imported shop's time is that of its last event, the streamed one's that of the last tick.
    const [expected, actual] = [await figuresOf(instance, demoShop, ['asOf']), await figuresOf(instance, shop, ['asOf'])];
    compared = Object.keys(actual).length;
    differences = differing(expected, actual).length;
  });
  const again = join(work, 'again');
  await simulate(['--profile', 'seed'], again);
  const [first, second] = [await hashesIn(join(work, 'files')), await hashesIn(again)];
  return [
    ...measures,
    exactly('answers by REST that differ from the streamed shop', differences, 'answers', 0),
    exactly('answers by REST that were compared', compared, 'answers', 19),
    exactly('files that differ between two runs', first.filter((hash, index) => hash !== second[index]).length, 'files', 0),
  ];
}

/**
 * A world as files, imported into an instance.
 * @param words of `cli simulate`, which make the same world
 * @param env of the instance
 * @param look what else is asked while it runs
 */
export async function importWorld(
  work: string,
  options: WorldOptions,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  look: (instance: Instance) => Promise<void> = () => Promise.resolve(),
): Promise<Measure[]> {
  const data = join(work, 'data');
  const files = join(work, 'files');
  await simulate(words, files);
  const instance = await Instance.start(data, env);
  try {
    const rejects = join(work, 'rejects.csv');
    const paths = names.map((name) => join(files, `${name}.csv`));
    const result = await importFiles(instance.url, shop, 'tideline', paths, rejects);
    await look(instance);
    const code = await instance.stop();
    const history = [...new World(options).history()] as OracleMessage[];
    const clickhouse = await openEmbedded(join(data, 'clickhouse'));
    try {
      // Files hold what things came to be, not each message on the way: what the ledger counts is its own.
      const cells = await compareWarehouse(clickhouse, `shop_${shop}`, foldOracle(history, settings), settings, { withoutLedger: true });
      return [
        seen('events streamed', history.length, 'events'),
        seen('events imported', result.events, 'events'),
        exactly('rows that were not used', result.rejectedRows, 'rows', 0),
        exactly('imported messages that became dead letters', result.deadLetters, 'messages', 0),
        exactly('cells of the import that differ from a fold over the stream', cells.length, 'cells', 0),
        exactly('exit code of the stop', code ?? -1, '', 0),
      ];
    } finally {
      await clickhouse.close();
    }
  } finally {
    await instance.stop();
  }
}

/** Of each file of a world, the truth included. */
async function hashesIn(directory: string): Promise<string[]> {
  const paths = [...names, 'ground_truth'].map((name) => join(directory, `${name}.csv`));
  return Promise.all(
    paths.map(async (path) =>
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ),
  );
}

async function simulate(words: readonly string[], out: string): Promise<void> {
  const { code, errors } = await runCli(['simulate', ...words, '--out', out, '--json']);
  if (code !== 0) throw new Error(`simulate ended with code ${code}: ${errors}`);
}
