import type { ModelKind, ModelListed, ModelManifest, ShopModelsAnswer } from '#contracts';
import { modelKinds } from '#contracts';
import { noRoles, type KeptModel, type LoggedMove, type ModelRoles, type Shop } from '#warehouse';

type Summary = Omit<ModelListed, 'roles'>;

/** A version in a line: whose it is, how good it was at its newest test. */
export function summaryOf({ version, manifest, bytes, addedAt, addedBy }: KeptModel): Summary {
  return {
    ...{ version, kind: manifest.kind, trainedOn: manifest.shop, model: manifest.model, trainedAsOf: manifest.training.asOf },
    ...{ level: levelOf(manifest), ...measuresOf(manifest), bytes, addedAt: addedAt.toISOString(), addedBy },
  };
}

/** How far what a model says can be trusted as a number, in words. */
export function levelOf(manifest: ModelManifest): string {
  return manifest.kind === 'clv' ? manifest.words : manifest.calibration.words;
}

function measuresOf(manifest: ModelManifest): Pick<Summary, 'auc' | 'logLoss' | 'ece' | 'gini' | 'decileError' | 'bias'> {
  const none = { auc: null, logLoss: null, ece: null, gini: null, decileError: null, bias: null };
  if (manifest.kind === 'clv') {
    const newest = manifest.metrics.tests[0];
    const measured = newest?.populations['all']?.models?.[newest.chosen];
    return measured ? { ...none, gini: measured.gini, decileError: measured.decile_error, bias: measured.bias } : none;
  }
  const newest = manifest.metrics.tests[0];
  const measured = newest?.populations['all']?.models?.[newest.chosen];
  return measured ? { ...none, auc: measured.auc, logLoss: measured.log_loss, ece: measured.ece } : none;
}

/** Where a version is in use. @param roles by database, then kind */
export function rolesIn(
  version: string,
  shops: readonly Shop[],
  roles: ReadonlyMap<string, ReadonlyMap<ModelKind, ModelRoles>>,
): ModelListed['roles'] {
  return shops.flatMap(({ shop, database }) =>
    [...(roles.get(database)?.values() ?? [])].flatMap(({ active, shadow }): ModelListed['roles'] => {
      if (active === version) return [{ shop, role: 'active' }];
      return shadow === version ? [{ shop, role: 'shadow' }] : [];
    }),
  );
}

/** What a shop without an active model should do. */
export function withoutModel(shop: string, kind: ModelKind): string {
  const [lacking, option] = kind === 'clv' ? ['no value is predicted', ' --kind clv'] : ['no customer is scored', ''];
  return `${shop} has no active ${kind} model, so ${lacking}. Train one: npm run train -- --shop ${shop}${option}. Or take one that is there: npm run -s cli -- model list, then model promote VERSION --shop ${shop}.`;
}

/** What a shop uses, of every kind. */
export function shopModelsOf(
  shop: string,
  roles: ReadonlyMap<ModelKind, ModelRoles>,
  logs: ReadonlyMap<ModelKind, readonly LoggedMove[]>,
): ShopModelsAnswer {
  const kinds = modelKinds.map((kind) => {
    const { active, shadow, before } = roles.get(kind) ?? noRoles;
    return {
      ...{ kind, active: active ?? null, shadow: shadow ?? null, before: before ?? null },
      words: active === undefined ? withoutModel(shop, kind) : null,
      log: (logs.get(kind) ?? []).map((each) => ({ ...each, at: each.at.toISOString() })).reverse(),
    };
  });
  return { shop, kinds };
}
