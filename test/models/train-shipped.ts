import { profileOf } from '#simulation';
import { report, type Measure } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { keep } from './evidence.js';
import { served } from './served.js';
import { folderOf, shipped, type Shipped } from './shipped.js';
import { simulatedShop } from './shops.js';
import { evaluated, train } from './trainer.js';

/** Trains a model where it ships from, then measures it on the demo's history, of which it knows nothing. */
async function shippedAnew(model: Shipped, work: string): Promise<Measure[]> {
  const folder = resolve(folderOf(model));
  const shop = simulatedShop(model.profile, ...model.seeds);
  await served(shop, join(work, shop.name), async (store) => {
    const { code, last, said } = await train([
      ...['--shop', shop.name, '--url', store, '--law', model.profile, '--out', folder, '--no-publish'],
    ]);
    if (code !== 0) throw new Error(`The model of ${shop.name} was not written: ${said}`);
    process.stderr.write(`  ${last}\n`);
  });
  const demo = simulatedShop(model.profile, profileOf(model.profile).defaultSeed);
  const measures = await served(demo, join(work, demo.name), (store) =>
    evaluated(['--shop', demo.name, '--url', store, '--model', folder]),
  );
  return measures.map((each) => ({ ...each, measure: `shipped-${model.profile}: on ${demo.name}, ${each.measure}` }));
}

const { values } = parseArgs({ options: { cache: { type: 'string' }, evidence: { type: 'boolean', default: false } } });
const work = values.cache === undefined ? await mkdtemp(join(tmpdir(), 'tideline-shipped-')) : resolve(values.cache);
try {
  const measures: Measure[] = [];
  for (const model of shipped) measures.push(...(await shippedAnew(model, work)));
  if (values.evidence) await keep(resolve('docs/evidence/models.json'), measures);
  process.exitCode = report(measures);
} finally {
  if (values.cache === undefined) await rm(work, { recursive: true, force: true });
}
