import type { ModelRepository, ScoreReads, Shop } from '#warehouse';

/**
 * Up to which instant of a shop every score is on the topic, Unix milliseconds: what comes due by then hangs on none that is still to come,
 * however far a scorer lags behind the clock. Infinity where nobody scores; -Infinity while it is not known.
 */
export function scoredUntilBy(
  models: Pick<ModelRepository, 'rolesOf'>,
  scores: Pick<ScoreReads, 'toldUntil'>,
): (shop: Shop) => Promise<number> {
  return async (shop) => {
    const { active } = await models.rolesOf(shop, 'churn');
    return active === undefined ? Infinity : ((await scores.toldUntil(shop)) ?? -Infinity);
  };
}
