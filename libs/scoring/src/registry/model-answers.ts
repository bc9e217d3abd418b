import type { ModelKind, ModelListed, ShopModelsAnswer } from '#contracts';
import { modelKinds } from '#contracts';
import { noRoles, type KeptModel, type LoggedMove, type ModelRoles, type Shop } from '#warehouse';

type Summary = Omit<ModelListed, 'roles'>;

/** A version in a line: whose it is, how good it was at its newest test. */
export function summaryOf({ version, manifest, bytes, addedAt, addedBy }: KeptModel): Summary {
  const newest = manifest.metrics.tests[0];
  const measured = newest?.populations['all']?.models?.[newest.chosen];
  return {
    ...{ version, kind: manifest.kind, trainedOn: manifest.shop, model: manifest.model },
    ...{ trainedAsOf: manifest.training.asOf, level: manifest.calibration.words },
    ...{ auc: measured?.auc ?? null, logLoss: measured?.log_loss ?? null, ece: measured?.ece ?? null },
    ...{ bytes, addedAt: addedAt.toISOString(), addedBy },
  };
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
  return `${shop} has no active ${kind} model, so no customer is scored. Train one: npm run train -- --shop ${shop}. Or take one that is there: npm run -s cli -- model list, then model promote VERSION --shop ${shop}.`;
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
