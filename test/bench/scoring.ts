import { openEmbedded } from '#clickhouse';
import { nextCrossings, openModel, reasonsOf, type EngineManifest, type ScoringModel } from '#scoring';
import { atMost, exactly, openShop, percentile } from '#testing';
import { features, FeatureReads, type Shop } from '#warehouse';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Measured, MeasureOptions } from '../run-measures.js';
import { customers, fill, longestGap, moment } from './features.js';

const width = features.length;
/** The model that ships, or the small one of the specs; both are additive boosting in a blend. */
const models = [
  ['config/models/seed', 'churn.json'],
  ['libs/scoring/fixtures', 'churn.json'],
] as const;
const rounds = 5;

/** Microseconds that a customer may take: his score, reasons and features; his next crossing. */
const [perScore, perCrossing] = [30, 300];

/**
 * Probability, contributions and reasons of all customers from their orders, and when each would change its band by silence alone.
 * @param options customers: 50,000 where nothing is said
 */
export async function scoring(work: string, { customers: wanted = customers }: Pick<MeasureOptions, 'customers'> = {}): Promise<Measured> {
  const clickhouse = await openEmbedded(join(work, 'store'));
  const [directory, manifest] = models.find(([path]) => existsSync(path)) ?? models[1];
  const file = await readFile(join(directory, 'churn.onnx'));
  const model = await openModel({ manifest: JSON.parse(await readFile(join(directory, manifest), 'utf8')) as EngineManifest, file });
  try {
    const shop = await openShop(clickhouse, 'scoring', { timeZone: 'Europe/London', currency: 'EUR' });
    await fill(clickhouse, shop, wanted);
    const reads = new FeatureReads(clickhouse);
    const sweeps: Swept[] = [];
    // The first is not counted: what is compiled is compiled then.
    for (let round = 0; round <= rounds; round += 1) {
      const [gap, swept] = await longestGap(() => sweep(reads, shop, model, wanted));
      sweeps.push({ ...swept, gap });
    }
    const [last, ...counted] = [sweeps.at(-1) as Swept, ...sweeps.slice(1)];
    const [begun, processor] = [performance.now(), process.cpuUsage()];
    const [crossingGap, crossings] = await longestGap(() =>
      nextCrossings(model, { rows: last.rows, count: last.count, asOf: moment.asOf.getTime() }),
    );
    const crossingMs = performance.now() - begun;
    const { user, system } = process.cpuUsage(processor);
    const ones = await one(reads, shop, model);
    return {
      measures: [
        atMost(
          `scores and reasons of all ${last.count} customers, features included, slowest of ${rounds}`,
          most(counted, 'ms'),
          'ms',
          (wanted * perScore) / 1_000,
        ),
        atMost('longest gap of the event loop meanwhile', most(counted, 'gap'), 'ms', 20),
        exactly('customers who were refused', last.refused, 'customers', 0),
        exactly('customers without a reason', last.without, 'customers', 0),
        atMost(`features, score, reasons and next crossing of one customer, median of ${ones.length}`, percentile(ones, 0.5), 'ms', 150),
        atMost(`next crossings of all ${last.count} customers`, crossingMs, 'ms', (wanted * perCrossing) / 1_000),
        atMost('longest gap of the event loop meanwhile', crossingGap, 'ms', 20),
      ],
      details: {
        model: directory,
        bytes: file.length,
        featuresMs: counted.map(({ featuresMs }) => Math.round(featuresMs)),
        scoresMs: counted.map(({ scoresMs }) => Math.round(scoresMs)),
        reasonsMs: counted.map(({ reasonsMs }) => Math.round(reasonsMs)),
        crossings: crossings.filter(Boolean).length,
        crossingProcessorMs: Math.round((user + system) / 1_000),
      },
    };
  } finally {
    await model.close();
    await clickhouse.close();
  }
}

interface Swept {
  readonly ms: number;
  readonly gap?: number;
  readonly featuresMs: number;
  readonly scoresMs: number;
  readonly reasonsMs: number;
  readonly count: number;
  readonly refused: number;
  readonly without: number;
  readonly rows: Float32Array;
}

/** As a scorer does: chunk by chunk, with others on the thread between. */
async function sweep(reads: FeatureReads, shop: Shop, model: ScoringModel, wanted: number): Promise<Swept> {
  const begun = performance.now();
  const rows = new Float32Array(wanted * width);
  let [count, refused, without, first, scoresMs, reasonsMs] = [0, 0, 0, 0, 0, 0];
  for await (const { customerIds, values } of reads.sweep(shop, { ...moment, mbg: model.mbg })) {
    first ||= performance.now();
    const asked = performance.now();
    const scores = await model.score(values, customerIds.length);
    const answered = performance.now();
    for (let row = 0; row < customerIds.length; row += 1) {
      const [begin, end] = [row * width, (row + 1) * width];
      if (
        reasonsOf(values.subarray(begin, end), scores.contrib.subarray(begin, end), { currency: shop.currency, atRisk: true }).length === 0
      )
        without += 1;
      if (row % 500 === 499) await breathe();
    }
    rows.set(values, count * width);
    count += customerIds.length;
    refused += scores.refused.length;
    scoresMs += answered - asked;
    reasonsMs += performance.now() - answered;
  }
  return { ms: performance.now() - begun, featuresMs: first - begun, scoresMs, reasonsMs, count, refused, without, rows };
}

/** Times, in milliseconds, from a customer's key to the score, the reasons and the next crossing. */
async function one(reads: FeatureReads, shop: Shop, model: ScoringModel): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    const begun = performance.now();
    for await (const { values } of reads.touched(shop, { keys: [1 + round * 1_000] }, { ...moment, mbg: model.mbg })) {
      const { contrib } = await model.score(values, 1);
      reasonsOf(values, contrib, { currency: shop.currency, atRisk: true });
      await nextCrossings(model, { rows: values, count: 1, asOf: moment.asOf.getTime() });
    }
    times.push(performance.now() - begun);
  }
  return times;
}

function most(sweeps: readonly Swept[], figure: 'ms' | 'gap'): number {
  return Math.max(...sweeps.map((each) => each[figure] ?? 0));
}
