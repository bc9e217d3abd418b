import type { Zone } from '#clock';
import { suppressionReasons, type CustomerScore, type SuppressionReason } from '#contracts';
import { microsOf } from '#warehouse';
import type { RuleRevision } from '../rules/rules.js';
import { capShare } from './cap.js';
import { holdoutPlace } from './ids.js';
import { isQuiet } from './quiet-hours.js';

/** What is known of a customer beside the score, as the shop knew it at the decision. */
export interface CustomerFacts {
  /** null: nothing was said. */
  readonly consent: boolean | null;
  readonly channel: string;
  readonly segment: string;
}

/** A customer who has just entered a rule's band, and all that speaks for or against an alert. */
export interface Candidate {
  readonly shop: string;
  readonly zone: Zone;
  readonly partition: number;
  readonly partitions: number;
  readonly score: CustomerScore;
  /** Unix milliseconds of the decision. */
  readonly at: number;
  /** Local date of it. */
  readonly day: string;
  readonly rule: RuleRevision;
  readonly facts: CustomerFacts;
  /** Another rule whose alert about the customer has not ended. */
  readonly liveRule: string | undefined;
  /** Another rule that has held one back that would not have ended. */
  readonly heldOutBy: string | undefined;
  /** When the rule last sent an alert about the customer, or held one out. */
  readonly decidedBefore: number | null;
  /** Alerts of the day in this partition that the rule sent or held out. */
  readonly taken: number;
}

const dayMs = 86_400_000;

/** What keeps an alert from being sent: in words, or undefined where it does not. */
type Check = (candidate: Candidate) => string | undefined;

/**
 * Each reason with its check. The order in which they are asked is that of `suppressionReasons`: what is wrong with the figures first,
 * then what is wrong with the customer, then what is wrong with the moment, and last the draw. The draw comes last, and takes a place of
 * the cap as an alert does: so those held out are just like those written to, which an honest comparison needs. For the same reason an
 * alert that was held back keeps other rules' alerts back as long as it would have itself.
 */
const checks: Readonly<Record<SuppressionReason, Check>> = {
  muted: ({ score }) => (score.muted ? 'History or an import was being loaded.' : undefined),
  'thin-data': ({ score, rule }) => (score.orders < rule.minOrders ? `${score.orders} of at least ${rule.minOrders} orders.` : undefined),
  'below-value': ({ score, rule }) =>
    microsOf(score.netValueAtStake) < microsOf(rule.minNetValue)
      ? `${score.netValueAtStake} of at least ${rule.minNetValue} at stake.`
      : undefined,
  consent: ({ facts, rule }) => {
    if (facts.consent === false) return 'The customer has refused to be written to.';
    return facts.consent === null && rule.consent === 'required' ? 'The customer has not said yes to being written to.' : undefined;
  },
  duplicate: ({ liveRule }) => (liveRule === undefined ? undefined : `An alert of ${liveRule} about the customer is not over.`),
  'held-out-elsewhere': ({ heldOutBy }) =>
    heldOutBy === undefined ? undefined : `${heldOutBy} leaves the customer alone, to know what its alerts bring.`,
  'cool-down': ({ decidedBefore, at, rule }) =>
    decidedBefore !== null && at < decidedBefore + rule.cooldownDays * dayMs
      ? `The last one was at ${new Date(decidedBefore).toISOString()}, less than ${rule.cooldownDays} days before.`
      : undefined,
  'quiet-hours': ({ rule: { quietHours }, at, zone }) =>
    quietHours && isQuiet(quietHours, at, zone)
      ? `It was ${zone.text(at, true).slice(11)}; quiet from ${quietHours.from} to ${quietHours.to}.`
      : undefined,
  cap: ({ shop, rule, day, partition, partitions, taken }) => {
    if (rule.capPerDay === null) return undefined;
    const share = capShare({ shop, rule: rule.id, day, cap: rule.capPerDay, partition, partitions });
    return taken >= share ? `All ${share} of this part of the customers were used on ${day}; ${rule.capPerDay} in all.` : undefined;
  },
  holdout: ({ shop, rule, score }) =>
    holdoutPlace(shop, rule.id, score.customerId) < rule.holdout ? 'Left alone, to know what alerts bring.' : undefined,
};

/** The first reason not to send an alert, or undefined: it is sent. */
export function suppressedBy(candidate: Candidate): { readonly reason: SuppressionReason; readonly detail: string } | undefined {
  for (const reason of suppressionReasons) {
    const detail = checks[reason](candidate);
    if (detail !== undefined) return { reason, detail };
  }
  return undefined;
}
