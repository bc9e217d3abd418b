import { Zone } from '#clock';
import { alertRuleBody, type AlertCommand, type CustomerScore } from '#contracts';
import { isLive } from '#life-cycle';
import type { AlertLogRow, StoredPartition } from '#warehouse';
import type { RuleRevision } from '../rules/rules.js';
import type { Alert } from './alert.js';
import type { CustomerFacts } from './checks.js';
import { foldMessage, type Surroundings } from './fold.js';
import type { AlertMessage } from './message.js';
import { forgetEnded, keepAlert, partitionOf, emptyPartition, type PartitionState } from './partition.js';

// What specs of the fold share: messages by hand, and a fold that is stored and read again wherever one wants.

export const start = Date.parse('2026-03-02T12:00:00Z');
export const dayMs = 86_400_000;
export const hourMs = 3_600_000;
export const iso = (at: number): string => new Date(at).toISOString();

export function aRule(change: Partial<RuleRevision> = {}): RuleRevision {
  const body = alertRuleBody.parse({ name: 'Rule', band: 'high', revision: 1, holdout: 0 });
  return { id: 'rule', from: -Infinity, by: 'spec', ...body, ...change };
}

/** A score's message. @param at Unix milliseconds of the decision */
export function scored(customerId: string, at: number, band: CustomerScore['band'], change: Partial<CustomerScore> = {}): AlertMessage {
  const probability = { low: 0.1, medium: 0.5, high: 0.8 }[band];
  const common = {
    kind: 'churn',
    model: 'churn-seed-1',
    cause: 'event',
    previousBand: null,
    orders: 3,
    netValueAtStake: '120.50',
  } as const;
  const score = { customerId, ...common, decidedAt: iso(at), probability, band, reasons: ['92 days since the last order'], muted: false };
  return { kind: 'scored', eventId: `${customerId}/${at}/${band}`, score: { ...score, ...change } };
}

export function commanded(at: number, eventId: string, command: AlertCommand): AlertMessage {
  return { kind: 'commanded', at, eventId, command };
}

export interface World {
  readonly rules: readonly RuleRevision[];
  readonly zone?: string;
  readonly facts?: Partial<CustomerFacts>;
  readonly partitions?: number;
}

export function surroundings({ rules, zone = 'UTC', facts = {}, partitions = 1 }: World): Surroundings {
  const all: CustomerFacts = { consent: null, channel: '', segment: '', ...facts };
  return {
    shop: { shop: 'demo', zone: new Zone(zone), partitions },
    rulesAt: (at) => rules.filter(({ from }) => from <= at),
    factsAt: () => all,
  };
}

/** Folds messages of one partition, cut into batches, stored and read again before each batch for which `again` says so. */
export function foldInBatches(
  batches: readonly (readonly AlertMessage[])[],
  around: Surroundings,
  again: (batch: number) => boolean = () => false,
  partition = 0,
): AlertLogRow[] {
  const rows: AlertLogRow[] = [];
  let state: PartitionState = emptyPartition(partition);
  let offset = 0n;
  batches.forEach((batch, index) => {
    if (again(index)) state = partitionOf(partition, storedOf(rows, offset));
    for (const message of batch) {
      if (message.kind !== 'commanded' || state.alerts.has(message.command.alertId)) continue;
      const known = newest(rows).get(message.command.alertId);
      if (known) keepAlert(state, known);
    }
    for (const message of batch) rows.push(...foldMessage(state, { offset: offset++, message }, around));
    forgetEnded(state);
  });
  return rows;
}

function newest(rows: readonly AlertLogRow[]): Map<string, Alert> {
  return new Map(rows.flatMap(({ kind, alertId, body }) => (kind === 'alert' ? [[alertId, JSON.parse(body) as Alert]] : [])));
}

/** What the store would answer. */
function storedOf(rows: readonly AlertLogRow[], next: bigint): StoredPartition {
  const taken = new Map<string, { rule: string; day: string; count: number }>();
  for (const { kind, what, rule, day } of rows) {
    if (!(kind === 'alert' && what === 'opened') && !(kind === 'suppressed' && what === 'holdout')) continue;
    const key = `${rule} ${day}`;
    taken.set(key, { rule, day, count: (taken.get(key)?.count ?? 0) + 1 });
  }
  return {
    epoch: 1,
    next,
    sent: next,
    lastProducedAt: null,
    customers: new Map(rows.flatMap(({ kind, customerId, body }) => (kind === 'customer' ? [[customerId, body] as const] : []))),
    alerts: [...newest(rows).values()].filter(({ state }) => isLive(state)).map((alert) => JSON.stringify(alert)),
    taken: [...taken.values()],
  };
}
