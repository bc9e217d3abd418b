import { report, type Measure } from '#testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { asked, usage, type Asked, type Kind } from './asked.js';
import { ofReference } from './bars.js';
import { keep, type KindMeasure } from './evidence.js';
import { served, type ServedShop } from './served.js';
import { shapedShop } from './shapes.js';
import { referenceShop, simulatedShop, type Profile } from './shops.js';
import { evaluated } from './trainer.js';

interface Case {
  readonly shop: ServedShop;
  /** The law that made it, where it is simulated. */
  readonly law?: Profile;
  readonly kinds: readonly Kind[];
  /** What else must hold of its measures. */
  readonly bars?: (measures: readonly Measure[], kind: Kind) => readonly Measure[];
}

/** Every shop that was asked for: made, imported, trained on, compared. */
async function measured(options: Asked, work: string): Promise<KindMeasure[]> {
  const { kinds } = options;
  // What a shape changes is when customers buy; some hold no product at all.
  const ofCustomers = kinds.filter((kind) => kind !== 'demand');
  const cases: Case[] = [
    ...options.profiles.flatMap((law) => options.seeds.map((seed): Case => ({ shop: simulatedShop(law, seed), law, kinds }))),
    ...options.shapes.map((shape) => ({ shop: shapedShop(shape, work), kinds: ofCustomers })),
    ...(options.reference ? [{ shop: referenceShop(), bars: ofReference, kinds }] : []),
  ];
  const all: KindMeasure[] = [];
  for (const { shop, law, kinds: wanted, bars = () => [] } of cases) {
    await served(shop, join(work, shop.name), async (store) => {
      for (const kind of wanted) {
        const words = [
          '--shop',
          shop.name,
          '--url',
          store,
          ...(kind === 'churn' ? [] : ['--kind', kind]),
          ...(law !== undefined && kind !== 'clv' ? ['--law', law] : []),
        ];
        const measures = await evaluated(words);
        const judged = [...measures, ...bars(measures, kind)].map((each) => ({ ...each, kind, measure: `${shop.name}: ${each.measure}` }));
        // At once: a run of all takes an hour.
        for (const { ok, measure, value } of judged) process.stderr.write(`  ${ok ? 'ok    ' : 'MISSED'} ${measure}: ${value}\n`);
        all.push(...judged);
      }
    });
  }
  return all;
}

/** @returns the exit code: 0 when every bar is met */
async function run(args: readonly string[]): Promise<number> {
  let options: Asked;
  try {
    options = asked(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return 2;
  }
  const work = options.cache === undefined ? await mkdtemp(join(tmpdir(), 'tideline-models-')) : resolve(options.cache);
  try {
    const measures = await measured(options, work);
    if (options.evidence) await keep(resolve('docs/evidence/models.json'), measures);
    return report(measures);
  } finally {
    if (options.cache === undefined) await rm(work, { recursive: true, force: true });
  }
}

process.exitCode = await run(process.argv.slice(2));
