import type { CustomerScore } from '#contracts';
import type { ScoreDecision, Shop } from '#warehouse';
import { createHash } from 'node:crypto';

/** Longest reason that the contract takes. */
const longestReason = 500;

/**
 * Id of the event that tells of a decision: the same decision has the same one, whoever sends it and however often. Parts are written with
 * their lengths, so that no two lists of them are the same text.
 */
export function scoredEventId(shop: string, { customerId, model, decidedAt, band }: ScoreDecision): string {
  const parts = [shop, customerId, model, new Date(decidedAt).toISOString(), band];
  const text = parts.map((part) => `${part.length}:${part}`).join('');
  return `score-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

/** What `tideline.customer.scored.v1` says of a decision. */
export function scoreOf(decision: ScoreDecision): CustomerScore {
  const { band, previousBand } = decision;
  if (band === 'none') throw new TypeError('A customer without a score is not told of.');
  return {
    customerId: decision.customerId,
    kind: 'churn',
    model: decision.model,
    decidedAt: new Date(decision.decidedAt).toISOString(),
    cause: decision.cause,
    probability: decision.probability,
    band,
    previousBand: previousBand === 'none' ? null : previousBand,
    orders: decision.orders,
    netValueAtStake: decision.stake,
    reasons: decision.reasons.slice(0, 3).map((words) => words.slice(0, longestReason)),
    muted: decision.muted,
  };
}

/** `tideline.customer.scored.v1` of a decision that changed a band. A function of the decision: sent again it is the same bytes. */
export function scoredEvent(shop: Pick<Shop, 'shop'>, decision: ScoreDecision): { readonly key: string; readonly value: string } {
  const data = scoreOf(decision);
  const at = data.decidedAt;
  const event = {
    specversion: '1.0',
    id: scoredEventId(shop.shop, decision),
    source: '/tideline/scorer',
    type: 'tideline.customer.scored.v1',
    subject: decision.customerId,
    time: at,
    recordedtime: at,
    data,
  };
  return { key: decision.customerId, value: JSON.stringify(event) };
}
