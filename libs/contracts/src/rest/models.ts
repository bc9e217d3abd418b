import { z } from 'zod';
import { instant, shopId } from '../primitives.js';

/** What a model predicts. A kind has one active and at most one shadow version per shop. */
export const modelKinds = ['churn', 'clv'] as const;
export const modelKind = z.enum(modelKinds);

/** Hex digest. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in lower case');

/** A version: kind, name and the first eight digits of the hash of file and manifest, `churn-seed-1a2b3c4d`. */
export const modelVersion = z
  .string()
  .max(80)
  .regex(/^[a-z]+-[a-z][a-z0-9]*(-[a-z0-9]+)*-[0-9a-f]{8}$/, 'must be a version such as churn-seed-1a2b3c4d: see model list');

/** A measure; null where nothing could be measured. */
const measure = z.number().nullable();
/** One candidate on one group of customers. */
const modelQuality = z.looseObject({ customers: z.int(), auc: measure, log_loss: measure, brier: measure, ece: measure });
/** Groups too small to measure only say how many they are. */
const modelPopulation = z.looseObject({
  customers: z.int(),
  models: z.record(z.string(), modelQuality).optional(),
  deciles: z.array(z.looseObject({ count: z.int(), predicted: measure, happened: measure })).optional(),
  best: z
    .looseObject({ auc: z.number(), log_loss: z.number() })
    .optional()
    .describe('Of the posterior that knows the law: simulated shops, where the trainer was told the law'),
});
const modelTest = z.looseObject({ asOf: instant, chosen: z.string(), populations: z.record(z.string(), modelPopulation) });

/** How one column lies: bins (edge before, edge], the first and the last open; shares of the rows, those without a number apart. */
export const distribution = z.object({
  edges: z.array(z.number()).describe('Tenths, each once, ascending'),
  shares: z.array(z.number()).describe('One more than edges'),
  missing: z.number(),
});
/** What features and scores looked like where a model was trained, or at some instant: what drift is measured against. */
export const modelReference = z.looseObject({
  rows: z.int(),
  features: z.record(z.string(), distribution),
  score: distribution,
});

/** What the manifests of all kinds say. */
const manifestBasics = {
  format: z.literal(1).describe('Of this manifest'),
  shop: shopId.describe('Whose history it was trained on'),
  label: z.string().describe('What is predicted, in words'),
  horizonDays: z.int().positive(),
  model: z.string().describe('Which candidate was chosen'),
  file: z.string(),
  sha256: sha256.describe('Of the file'),
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  features: z
    .array(z.looseObject({ name: z.string(), group: z.string(), sign: z.union([z.literal(-1), z.literal(0), z.literal(1)]) }))
    .min(1)
    .describe("Columns of the model's input, in order"),
  featuresSha256: sha256.describe('Of the statement that makes them'),
  base: z.number().describe('Logit, or logarithm of money, to which the contributions are added'),
  mbg: z.object({ r: z.number(), alpha: z.number(), a: z.number(), b: z.number() }).describe('Parameters of the feature mbg_logit'),
  training: z.looseObject({ asOf: instant, from: instant, to: instant, cutOffs: z.array(instant), rows: z.int() }),
  largestDifference: z.number(),
  versions: z.record(z.string(), z.string()),
};

/** Of a model of who will not order. */
export const churnManifest = z.looseObject({
  ...manifestBasics,
  kind: z.literal('churn'),
  threshold: z.number().min(0).max(1),
  calibration: z.looseObject({
    level: z.enum(['set', 'as-learnt', 'uncertain']),
    words: z.string(),
    mean: measure,
    season: measure,
  }),
  choice: z.looseObject({ logLoss: z.record(z.string(), measure), validatedAt: z.array(instant) }),
  metrics: z.looseObject({ tests: z.array(modelTest) }),
  reference: modelReference
    .optional()
    .describe('Tenths of features and score of all customers at the end of the training; older trainers wrote none'),
});

/** One candidate's values on one group of customers, in the shop's money; shares of what came. */
const valueQuality = z.looseObject({
  customers: z.int(),
  ...{ gini: measure, decile_error: measure, bias: measure, r2: measure, mae: measure, rmse: measure, mape: measure },
});
const valuePopulation = z.looseObject({ customers: z.int(), models: z.record(z.string(), valueQuality).optional() });

/** Of a model of what customers bring in twelve months: two files, the second one gives the offset that the first one reads. */
export const clvManifest = z.looseObject({
  ...manifestBasics,
  kind: z.literal('clv'),
  offset: z.object({ file: z.string(), sha256, inputs: z.array(z.string()), outputs: z.array(z.string()) }),
  learntHorizonDays: z.int().positive().describe('Days of the windows that it learnt from'),
  testedHorizonDays: z.int().positive(),
  projection: z.boolean().describe('Whether it learnt from windows shorter than the horizon'),
  words: z.string().describe('What kind of a year it is'),
  choice: z.looseObject({
    decileError: z.record(z.string(), measure),
    gini: z.record(z.string(), measure),
    validatedAt: z.array(instant),
  }),
  metrics: z.looseObject({
    tests: z.array(z.looseObject({ asOf: instant, chosen: z.string(), populations: z.record(z.string(), valuePopulation) })),
  }),
});

/**
 * What stands beside a model file: what it reads, what it means, what it was trained on and how good it was. Written by
 * apps/trainer (manifest.py, value_train.py). Fields that are not named here are kept.
 */
export const modelManifest = z.discriminatedUnion('kind', [churnManifest, clvManifest]);

const megabyte = 1024 * 1024;
/** Largest parts of a version, in bytes: a card is read by people, a file of a few thousand trees has some megabytes. */
export const modelLimits = {
  file: 16 * megabyte,
  offset: megabyte,
  manifest: 2 * megabyte,
  card: megabyte,
  figures: 4 * megabyte,
} as const;

const base64Of = (bytes: number): number => Math.ceil(bytes / 3) * 4;
const within = (bytes: number): string => `must not be larger than ${bytes / megabyte} MB`;
/** Of a figure of a card. */
export const modelFigureName = z.string().regex(/^[a-z][a-z0-9-]{0,40}\.svg$/, 'must be a name such as roc.svg');

/** The card of a version: Markdown that names its figures by their names. */
export const modelCard = z.object({
  markdown: z.string().max(modelLimits.card, within(modelLimits.card)),
  figures: z
    .record(modelFigureName, z.string())
    .default({})
    .refine(
      (figures) => Object.values(figures).reduce((sum, each) => sum + each.length, 0) <= modelLimits.figures,
      within(modelLimits.figures),
    )
    .describe('SVG by name'),
});

/** A version to be added. */
export const modelBody = z.strictObject({
  name: z
    .string()
    .max(60)
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens, starting with a letter')
    .optional()
    .describe("Middle part of the version; absent: the manifest's shop"),
  manifest: z
    .record(z.string(), z.unknown())
    .refine((manifest) => JSON.stringify(manifest).length <= modelLimits.manifest, within(modelLimits.manifest))
    .describe('As the trainer wrote it'),
  file: z.base64('must be base64').max(base64Of(modelLimits.file), within(modelLimits.file)).describe('The model file, base64'),
  offset: z
    .base64('must be base64')
    .max(base64Of(modelLimits.offset), within(modelLimits.offset))
    .optional()
    .describe('The second file of kind clv, base64'),
  card: modelCard.optional(),
});

const versionSummary = {
  version: modelVersion,
  kind: modelKind,
  trainedOn: shopId,
  model: z.string(),
  trainedAsOf: instant.describe('The last event that it knows of'),
  level: z.string().describe('How far the level of its probabilities can be trusted; of clv, what kind of a year it says'),
  auc: measure.describe('Of all customers, at the newest tested cut-off; churn'),
  logLoss: measure.describe('churn'),
  ece: measure.describe('churn'),
  gini: measure.describe("Of a perfect ranking's, at the newest tested cut-off; clv"),
  decileError: measure.describe('Money between predicted and happened tenths, as a share of what came; clv'),
  bias: measure.describe('Predicted over happened total, less one; clv'),
  bytes: z.int(),
  addedAt: instant,
  addedBy: z.string(),
} as const;

const heldRole = z.object({ shop: shopId, role: z.enum(['active', 'shadow']) });
export const modelListed = z.object({ ...versionSummary, roles: z.array(heldRole).describe('Shops where it is active or shadow') });
export const modelsAnswer = z.object({ models: z.array(modelListed) });

/** One version, whole but for the file and its figures. */
export const modelAnswer = z.object({
  ...modelListed.shape,
  manifest: modelManifest,
  card: z.string().nullable().describe('Markdown'),
  figures: z.array(z.string()).describe('Names under .../figures/{name}'),
});
export const modelAddedAnswer = z.object({ ...modelListed.shape, added: z.boolean().describe('False: it was there already') });

/** What is said of a version: which role it has from now on. */
export const modelMoves = ['promote', 'shadow', 'rollback', 'withdraw'] as const;
export const modelMoved = z.object({
  at: instant.describe("The machine's time"),
  by: z.string(),
  move: z.enum(modelMoves),
  role: z.enum(['active', 'shadow', 'none']).describe('Role of the version from then on'),
  version: modelVersion,
});

/** Which versions a shop uses for a kind, and how it came to that. */
export const shopModelsAnswer = z.object({
  shop: shopId,
  kinds: z.array(
    z.object({
      kind: modelKind,
      active: modelVersion.nullable(),
      shadow: modelVersion.nullable(),
      before: modelVersion.nullable().describe('Where a rollback leads'),
      words: z.string().nullable().describe('What to do where there is no active model'),
      log: z.array(modelMoved).describe('Newest first'),
    }),
  ),
});

export const modelMoveBody = z.strictObject({ version: modelVersion });
export const modelRollbackBody = z.strictObject({ kind: modelKind.default('churn') });

export type ModelKind = z.output<typeof modelKind>;
export type ModelManifest = z.output<typeof modelManifest>;
export type ChurnManifest = z.output<typeof churnManifest>;
export type ClvManifest = z.output<typeof clvManifest>;
export type Distribution = z.output<typeof distribution>;
export type ModelReference = z.output<typeof modelReference>;
export type ModelCard = z.output<typeof modelCard>;
export type ModelBody = z.output<typeof modelBody>;
export type ModelListed = z.output<typeof modelListed>;
export type ModelsAnswer = z.output<typeof modelsAnswer>;
export type ModelAnswer = z.output<typeof modelAnswer>;
export type ModelAddedAnswer = z.output<typeof modelAddedAnswer>;
export type ModelMove = (typeof modelMoves)[number];
export type ModelMoved = z.output<typeof modelMoved>;
export type ShopModelsAnswer = z.output<typeof shopModelsAnswer>;
export type ModelMoveBody = z.output<typeof modelMoveBody>;
export type ModelRollbackBody = z.output<typeof modelRollbackBody>;
