import type { CustomerScore } from '#contracts';
import { isLive, recover, type Taken } from '#life-cycle';
import type { RuleRevision } from '../rules/rules.js';
import { alertWords, type Alert } from './alert.js';
import { suppressedBy, type Candidate, type CustomerFacts } from './checks.js';
import { afterScore, heldOutBy, isKnown, reaches, unknownCustomer, type CustomerState, type Watch } from './customer.js';
import type { Surroundings } from './fold.js';
import { alertIdOf } from './ids.js';
import { keepAlert, placeOfCap, type PartitionState } from './partition.js';
import { customerRow, rowOf, stepRow, type FoldRow } from './rows.js';

const dayMs = 86_400_000;

/**
 * Folds a score: rules whose band the customer has left let go, then those whose band the customer enters look whether an alert is sent.
 * @param day local date of the decision
 */
export function score(
  state: PartitionState,
  { score, eventId }: { readonly score: CustomerScore; readonly eventId: string },
  at: number,
  day: string,
  around: Surroundings,
): FoldRow[] {
  const { customerId, band } = score;
  const before = state.customers.get(customerId) ?? unknownCustomer;
  if (isKnown(before, at, eventId)) return [];
  const rows: FoldRow[] = [];
  const watches: Record<string, Watch> = {};
  for (const [rule, watch] of Object.entries(before.watches)) {
    if (!watch.inside || reaches(band, watch.band)) continue;
    watches[rule] = { ...watch, inside: false, alertId: null };
    const alert = watch.alertId === null ? undefined : state.alerts.get(watch.alertId);
    if (!alert || !isLive(alert.state)) continue;
    const why = score.muted ? ' A history that was loaded says so: channels are not told.' : '';
    const step = recover(score.muted ? { ...alert, muted: true } : alert, at, `The customer's risk is ${band} again.${why}`, alertWords);
    if ('refused' in step) continue;
    keepAlert(state, step.now);
    rows.push(stepRow(step, day, eventId));
  }
  let facts: CustomerFacts | undefined;
  for (const rule of around.rulesAt(at)) {
    const watch = watches[rule.id] ?? before.watches[rule.id];
    if (watch?.inside || !reaches(band, rule.band)) continue;
    facts ??= around.factsAt(customerId, at);
    if (!concerns(rule, facts)) continue;
    const entered = enter(state, { score, eventId, at, day, rule, facts, watch, watches: { ...before.watches, ...watches }, around });
    watches[rule.id] = entered.watch;
    rows.push(entered.row);
  }
  // A score that changed nothing is not remembered, in memory no more than in the store: what a restart does not know must not count.
  if (Object.keys(watches).length === 0) return rows;
  const customer = { ...afterScore(before, at, eventId), watches: { ...before.watches, ...watches } };
  state.customers.set(customerId, customer);
  return [...rows, customerRow(customerId, customer, eventId)];
}

/** Whether a rule is about customers like this one at all. */
function concerns({ segment, channel }: RuleRevision, facts: CustomerFacts): boolean {
  return (segment === null || segment === facts.segment) && (channel === null || channel === facts.channel);
}

interface Entry {
  readonly score: CustomerScore;
  readonly eventId: string;
  readonly at: number;
  readonly day: string;
  readonly rule: RuleRevision;
  readonly facts: CustomerFacts;
  readonly watch: Watch | undefined;
  /** Of every rule, as far as this score is folded. */
  readonly watches: CustomerState['watches'];
  readonly around: Surroundings;
}

/** The customer enters a rule's band: an alert, or why there is none. */
function enter(state: PartitionState, entry: Entry): { readonly watch: Watch; readonly row: FoldRow } {
  const { score, eventId, at, day, rule, facts, watch, watches, around } = entry;
  const { shop, zone, partitions } = around.shop;
  const place = placeOfCap(rule.id, day);
  const taken = state.taken.get(place) ?? 0;
  const decidedBefore = watch?.decidedAt ?? null;
  const candidate: Candidate = {
    ...{ shop, zone, partitions, partition: state.partition, score, at, day, rule, facts, decidedBefore, taken },
    liveRule: liveRuleOf(state, score.customerId),
    heldOutBy: heldOutBy(watches, at),
  };
  const no = suppressedBy(candidate);
  // Who was held out counts as one who was written to: for the cap, and for the time until the next one.
  if (no === undefined || no.reason === 'holdout') state.taken.set(place, taken + 1);
  const decidedAt = no === undefined || no.reason === 'holdout' ? at : decidedBefore;
  const inside = { inside: true, since: at, band: rule.band, decidedAt };
  if (no) {
    const said = { customerId: score.customerId, rule: rule.id, ruleRevision: rule.revision, netValue: score.netValueAtStake };
    const row = rowOf('suppressed', { ...said, at, day, what: no.reason, detail: no.detail, probability: score.probability, eventId });
    const held = no.reason === 'holdout' ? { heldUntil: expiryOf(rule, at) } : {};
    return { watch: { ...inside, alertId: null, ...held }, row };
  }
  const alert = opened(shop, score, rule, at);
  keepAlert(state, alert);
  const step: Taken<Alert> = { now: alert, step: 'opened', at, by: null, detail: `The customer's risk is ${score.band}.` };
  return { watch: { ...inside, alertId: alert.alertId }, row: stepRow(step, day, eventId) };
}

function opened(shop: string, score: CustomerScore, rule: RuleRevision, at: number): Alert {
  return {
    alertId: alertIdOf(shop, score.customerId, rule.id, at),
    customerId: score.customerId,
    rule: rule.id,
    ruleRevision: rule.revision,
    state: 'open',
    band: rule.band,
    model: score.model,
    probability: score.probability,
    orders: score.orders,
    netValueAtStake: score.netValueAtStake,
    reasons: score.reasons,
    openedAt: at,
    decidedAt: at,
    movedAt: at,
    expiresAt: expiryOf(rule, at),
    snoozedUntil: null,
    assignee: null,
    acknowledged: null,
    acted: null,
    rated: null,
    heard: [],
  };
}

function expiryOf({ expireDays }: RuleRevision, at: number): number {
  return at + expireDays * dayMs;
}

/** The rule of an alert about the customer that has not ended. */
function liveRuleOf(state: PartitionState, customerId: string): string | undefined {
  for (const id of state.byCustomer.get(customerId) ?? []) {
    const alert = state.alerts.get(id);
    if (alert && isLive(alert.state)) return alert.rule;
  }
  return undefined;
}
