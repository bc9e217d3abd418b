import { modelKinds, type ModelKind } from '#contracts';
import { profileOf } from '#simulation';
import { report } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { keep, type KindMeasure } from './evidence.js';
import { served } from './served.js';
import { folderOf, shipped, type Shipped } from './shipped.js';
import { simulatedShop } from './shops.js';
import { evaluated, train } from './trainer.js';

/** The best possible is known of who will order, not of how much. */
const lawOf = (kind: ModelKind, { profile }: Shipped): string[] => (kind === 'churn' ? ['--law', profile] : []);

/** Trains a model of each kind where it ships from, then measures them on the demo's history, of which they know nothing. */
async function shippedAnew(model: Shipped, work: string): Promise<KindMeasure[]> {
  const folder = resolve(folderOf(model));
  const shop = simulatedShop(model.profile, ...model.seeds);
  await served(shop, join(work, shop.name), async (store) => {
    for (const kind of modelKinds) {
      const { code, last, said } = await train([
        ...['--shop', shop.name, '--kind', kind, '--url', store, ...lawOf(kind, model), '--out', folder, '--no-publish'],
      ]);
      if (code !== 0) throw new Error(`The ${kind} model of ${shop.name} was not written: ${said}`);
      process.stderr.write(`  ${last}\n`);
    }
  });
  const demo = simulatedShop(model.profile, profileOf(model.profile).defaultSeed);
  return served(demo, join(work, demo.name), async (store) => {
    const measures: KindMeasure[] = [];
    for (const kind of modelKinds) {
      const found = await evaluated(['--shop', demo.name, '--kind', kind, '--url', store, '--model', folder]);
      measures.push(
        ...found.map((each) => ({ ...each, kind, measure: `shipped-${model.profile}: ${kind} on ${demo.name}, ${each.measure}` })),
      );
    }
    return measures;
  });
}

const { values } = parseArgs({ options: { cache: { type: 'string' }, evidence: { type: 'boolean', default: false } } });
const work = values.cache === undefined ? await mkdtemp(join(tmpdir(), 'tideline-shipped-')) : resolve(values.cache);
try {
  const measures: KindMeasure[] = [];
  for (const model of shipped) measures.push(...(await shippedAnew(model, work)));
  if (values.evidence) await keep(resolve('docs/evidence/models.json'), measures);
  process.exitCode = report(measures);
} finally {
  if (values.cache === undefined) await rm(work, { recursive: true, force: true });
}
