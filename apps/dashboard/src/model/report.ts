import type { ModelManifest, ShopModelsAnswer } from '#contracts';
import { z } from 'zod';

/**
 * What the page shows of a manifest beyond what the registry itself needs (apps/trainer, results.py). All of it may be missing: a
 * manifest of another trainer is shown as far as it goes.
 */
const measure = z.number().nullable().optional().catch(null);
const quality = z.looseObject({
  auc: measure,
  pr_churn: measure,
  pr_stay: measure,
  log_loss: measure,
  brier: measure,
  ece: measure,
  top_decile_lift: measure,
  churn_rate: measure,
});
const verdict = z.looseObject({
  threshold: z.number(),
  true_positive: z.number(),
  false_positive: z.number(),
  false_negative: z.number(),
  true_negative: z.number(),
  accuracy: z.number(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
});
const decile = z.object({ count: z.number(), predicted: z.number(), happened: z.number() });
const population = z.looseObject({
  customers: z.number(),
  models: z.record(z.string(), quality).optional().catch(undefined),
  recencyAuc: measure,
  deciles: z.array(decile).optional().catch(undefined),
  atThreshold: verdict.optional().catch(undefined),
  majority: verdict.optional().catch(undefined),
  // Of the posterior by the known law: where the shop is simulated and somebody measured it.
  best: z.looseObject({ auc: z.number(), log_loss: z.number() }).optional().catch(undefined),
});
const interval = z.tuple([z.number(), z.number()]).optional().catch(undefined);
const test = z.looseObject({
  asOf: z.string(),
  chosen: z.string(),
  intervals: z.looseObject({ auc: interval, logLoss: interval }).optional().catch(undefined),
  populations: z.record(z.string(), population),
});
const difference = z.object({ difference: z.number(), low: z.number(), high: z.number() });
const metrics = z.looseObject({
  tests: z.array(test),
  against: z.record(z.string(), difference).optional().catch(undefined),
  permutedAuc: measure,
});

export type ChurnModels = ShopModelsAnswer['kinds'][number];
export type Quality = z.output<typeof quality>;
export type Verdict = z.output<typeof verdict>;
export type Population = z.output<typeof population>;
export type ModelTest = z.output<typeof test>;
export type Difference = z.output<typeof difference>;
export type Report = z.output<typeof metrics>;

/** The measured part of a manifest; without tests where it has none that can be read. */
export function reportOf({ metrics: given }: Pick<ModelManifest, 'metrics'>): Report {
  const parsed = metrics.safeParse(given);
  return parsed.success ? parsed.data : { tests: [] };
}

/** Names of candidates and baselines, as people say them. */
const names: Readonly<Record<string, string>> = {
  'rfm-logistic': 'RFM logistic',
  'mbg-nbd': 'MBG/NBD',
  'bg-nbd': 'BG/NBD',
  boosted: 'Boosted trees',
  'boosted-mbg': 'Boosted from MBG',
  blend: 'Blend of all',
};

/** Those that a model has to beat. */
const baselines: readonly string[] = ['rfm-logistic', 'mbg-nbd', 'bg-nbd'];

export function nameOf(candidate: string): string {
  return names[candidate] ?? candidate;
}

export function isBaseline(candidate: string): boolean {
  return baselines.includes(candidate);
}

/** `All customers`, `Active 180 days` */
export function populationName(name: string): string {
  if (name === 'all') return 'All customers';
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Whether the chosen model beats a baseline: an interval that holds zero says nothing. */
export function comparisonWords({ low, high }: Difference): string {
  if (high < 0) return 'better';
  return low > 0 ? 'worse' : 'no clear difference';
}

export interface FeatureGroup {
  readonly group: string;
  readonly features: readonly { readonly name: string; readonly sign: -1 | 0 | 1 }[];
}

/** Features by their groups, in the order in which the groups first come. */
export function featureGroups({ features }: Pick<ModelManifest, 'features'>): FeatureGroup[] {
  const groups = new Map<string, FeatureGroup['features'][number][]>();
  for (const { name, group, sign } of features) groups.set(group, [...(groups.get(group) ?? []), { name, sign }]);
  return [...groups].map(([group, of]) => ({ group, features: of }));
}
