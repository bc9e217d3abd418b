import { modelManifest, type ModelAnswer, type ShopModelsAnswer } from '#contracts';
import { fakeModel } from './fake-marketing.js';

const candidates = ['rfm-logistic', 'mbg-nbd', 'boosted', 'boosted-mbg', 'blend', 'bg-nbd'];
const groups: readonly (readonly [name: string, customers: number])[] = [
  ['all', 9_400],
  ['active 180 days', 4_120],
  ['1 order', 5_210],
  ['2-4 orders', 3_004],
  ['5 or more orders', 1_186],
  ['new', 38],
  ['high value', 940],
];

function quality(customers: number, step: number) {
  return {
    ...{ customers, churn_rate: 0.723, auc: 0.683 + step / 400, pr_churn: 0.84, pr_stay: 0.47 },
    ...{ log_loss: 0.562 - step / 200, brier: 0.182, ece: 0.012 + step / 500, top_decile_lift: 1.26 },
  };
}

function populationOf(customers: number, best: object | undefined) {
  // Below fifty nobody can say anything.
  if (customers < 50) return { customers };
  const verdict = { threshold: 0.7, true_positive: 3_502, false_positive: 682, false_negative: 3_294, true_negative: 1_922 };
  return {
    customers,
    models: Object.fromEntries(candidates.map((name, step) => [name, quality(customers, step)])),
    recencyAuc: 0.661,
    deciles: Array.from({ length: 10 }, (_, tenth) => {
      const predicted = 0.4 + tenth * 0.05;
      return { count: Math.floor(customers / 10), predicted, happened: predicted + (tenth % 2 === 0 ? 0.02 : -0.02) };
    }),
    atThreshold: { ...verdict, accuracy: 0.577, precision: 0.837, recall: 0.515, f1: 0.638 },
    majority: { ...verdict, true_positive: 6_796, false_negative: 0, accuracy: 0.723, precision: 0.723, recall: 1, f1: 0.839 },
    ...(best && { best }),
  };
}

const at = '2011-09-09T00:00:00.000Z';

/** Versions with a part in a shop. */
export interface FakeRoles {
  active: string | null;
  shadow: string | null;
  /** Of predicted value. */
  value: string | null;
}

interface Given {
  readonly level?: 'set' | 'as-learnt' | 'uncertain';
  readonly words?: string;
  /** Of the posterior, where the law is known. */
  readonly best?: { readonly auc: number; readonly log_loss: number };
}

/** A version as the trainer writes it. Parsed, so that a test never runs on what the contract would refuse. */
export function aModel(version = fakeModel, { level = 'set', words = 'level set to a mean of 0.656', best }: Given = {}): ModelAnswer {
  const hash = 'ab'.repeat(32);
  const manifest = modelManifest.parse({
    ...{ format: 1, kind: 'churn', shop: 'demo', label: 'no order in 90 days', horizonDays: 90, model: 'boosted', file: 'churn.onnx' },
    ...{ sha256: hash, inputs: ['features'], outputs: ['prob', 'contrib'], featuresSha256: hash, base: 0.8, threshold: 0.7 },
    features: [
      { name: 'recency', group: 'silence', sign: 1 },
      { name: 'mbg_logit', group: 'silence', sign: 1 },
      { name: 'gap_mean', group: 'own rhythm', sign: 0 },
      { name: 'orders_120', group: 'activity', sign: -1 },
      { name: 'money_120', group: 'money', sign: -1 },
    ],
    mbg: { r: 0.8, alpha: 41, a: 0.8, b: 3.4 },
    training: {
      asOf: '2011-12-08T23:46:25.000Z',
      from: '2010-02-10T23:46:25.000Z',
      to: '2011-12-08T23:46:25.000Z',
      cutOffs: [at],
      rows: 147_531,
    },
    calibration: { level, words, mean: 0.656, season: 0.1 },
    choice: { logLoss: Object.fromEntries(candidates.slice(0, 5).map((name) => [name, 0.53])), validatedAt: [at] },
    metrics: {
      tests: [
        {
          ...{ asOf: at, chosen: 'boosted', intervals: { auc: [0.687, 0.71], logLoss: [0.527, 0.548] } },
          populations: Object.fromEntries(groups.map(([name, customers]) => [name, populationOf(customers, best)])),
        },
      ],
      against: {
        'rfm-logistic': { difference: -0.0079, low: -0.0102, high: -0.0061 },
        'mbg-nbd': { difference: -0.001, low: -0.004, high: 0.002 },
      },
      permutedAuc: 0.501,
    },
    ...{ largestDifference: 1e-7, versions: {} },
  });
  return {
    ...{ version, kind: 'churn', trainedOn: 'demo', model: 'boosted', trainedAsOf: manifest.training.asOf, level: words },
    ...{
      auc: 0.688,
      logLoss: 0.552,
      ece: 0.016,
      gini: null,
      decileError: null,
      bias: null,
      bytes: 80_000,
      addedAt: '2011-12-09T00:00:00.000Z',
      addedBy: 'shipped',
    },
    ...{ roles: [], manifest, card: null, figures: ['roc.svg', 'effects.svg'] },
  };
}

/** What a shop without a model is told, as the registry words it. */
export const withoutModel =
  'demo has no active churn model, so no customer is scored. Train one: npm run train -- --shop demo. Or take one that is there: npm run -s cli -- model list, then model promote VERSION --shop demo.';

export function rolesOf(shop: string, { active, shadow, value }: FakeRoles): ShopModelsAnswer {
  const promoted = { at: '2011-12-09T00:00:00.000Z', by: 'shipped', move: 'promote', role: 'active' } as const;
  const log = active === null ? [] : [{ ...promoted, version: active }];
  const churn = { kind: 'churn', active, shadow, before: null, words: active === null ? withoutModel : null, log } as const;
  return { shop, kinds: [churn, { kind: 'clv', active: value, shadow: null, before: null, words: null, log: [] }] };
}
