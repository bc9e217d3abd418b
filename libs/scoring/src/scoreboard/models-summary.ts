import { modelKinds, type ModelKind, type ModelManifest, type ModelsSummaryAnswer, type ScoreboardAnswer } from '#contracts';
import { levelOf, withoutModel } from '../registry/model-answers.js';

type Summarised = ModelsSummaryAnswer['models'][number];
type Kind = Summarised['kind'];

/** Every kind of model that a shop can have, whether or not the registry keeps it. */
export const summarisedKinds: readonly Kind[] = ['churn', 'clv', 'demand'];

const empty = {
  model: null,
  trainedOn: null,
  trainedAsOf: null,
  level: null,
  tested: null,
  matured: null,
  maturedWords: null,
  drift: null,
};
/** Of predicted values; the scoreboard marks probabilities alone. */
const notCompared = 'What was predicted is not compared with what customers bring: twelve months would have to pass first.';

/** Of demand it is the forecast that is published, with its own measures, not a version that something asks. */
const notKept = (shop: string): string =>
  `The registry keeps no models of demand. What is forecast, and how good that was: GET /api/v1/shops/${shop}/demand.`;

/** A kind without an active version. */
export function withoutVersion(kind: Kind, shop: string): Summarised {
  return { kind, version: null, reason: isKept(kind) ? withoutModel(shop, kind) : notKept(shop), ...empty };
}

/** Whether the registry keeps a kind. */
export function isKept(kind: Kind): kind is ModelKind {
  return modelKinds.some((each) => each === kind);
}

/** The active version of a kind: what its manifest says, and what has happened since. @param board of the same shop */
export function summaryOfActive(kind: ModelKind, version: string, manifest: ModelManifest, board: ScoreboardAnswer): Summarised {
  const watched = board.versions.find((each) => each.version === version);
  const known = { kind, version, reason: null, model: manifest.model, trainedOn: manifest.shop, trainedAsOf: manifest.training.asOf };
  if (manifest.kind === 'clv') {
    const tested = testedOf(manifest, valueMeasures, valueBaselines);
    return { ...empty, ...known, level: levelOf(manifest), tested, maturedWords: notCompared };
  }
  return {
    ...known,
    level: levelOf(manifest),
    tested: testedOf(manifest, churnMeasures, churnBaselines),
    matured: maturedOf(watched),
    maturedWords: watched?.words ?? board.words,
    drift: watched?.drift ? { score: watched.drift.score, words: watched.drift.words, at: watched.drift.at } : null,
  };
}

/** Measures and baselines of a kind that are shown, as its manifests name them. */
const churnMeasures = ['auc', 'log_loss', 'brier', 'ece'];
const churnBaselines = ['rfm-logistic', 'mbg-nbd', 'bg-nbd'];
const valueMeasures = ['decile_error', 'gini', 'bias', 'r2', 'mae', 'rmse', 'mape'];
const valueBaselines = ['mbg-gamma-gamma', 'again'];

interface Population {
  readonly customers: number;
  readonly models?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  readonly best?: { readonly auc: number; readonly log_loss: number } | undefined;
}

interface Tests {
  readonly tests: readonly { readonly asOf: string; readonly chosen: string; readonly populations: Readonly<Record<string, Population>> }[];
}

function testedOf(
  { metrics }: { readonly metrics: Tests },
  measureNames: readonly string[],
  baselines: readonly string[],
): Summarised['tested'] {
  const newest = metrics.tests[0];
  const all = newest?.populations['all'];
  const chosen = newest && all?.models?.[newest.chosen];
  if (!newest || !all || !chosen) return null;
  const of = (quality: Readonly<Record<string, unknown>>): Record<string, number | null> =>
    Object.fromEntries(measureNames.map((name) => [name, typeof quality[name] === 'number' ? quality[name] : null]));
  const beside = baselines.flatMap((name) => {
    const quality = all.models?.[name];
    return quality ? [[name, of(quality)] as const] : [];
  });
  const best = all.best;
  return {
    ...{ asOf: newest.asOf, customers: all.customers, measures: of(chosen), baselines: Object.fromEntries(beside) },
    best: best ? { auc: best.auc, log_loss: best.log_loss } : null,
  };
}

/** Months that were said at the time; where there are none, those that were computed afterwards. */
function maturedOf(watched: ScoreboardAnswer['versions'][number] | undefined): Summarised['matured'] {
  const group = watched?.groups.find(({ basis }) => basis === 'live') ?? watched?.groups.find(({ basis }) => basis === 'afterwards');
  const all = group?.populations.find(({ population }) => population === 'all');
  if (!group || !all) return null;
  const { customers, predicted, observed, low, high, auc, logLoss, ece } = all;
  return { months: group.months, customers, predicted, observed, low, high, auc, logLoss, ece };
}
