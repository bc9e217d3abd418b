import {
  alertCounts,
  type AlertCounts,
  type AlertItem,
  type AlertLogEntry,
  type AlertStateName,
  type AlertStep,
  type Suppression,
} from '#contracts';
import { instantOf, microsOf, textOfMicros, type AlertLogLine, type SuppressionLine } from '#warehouse';
import { textOf, type Alert } from '../fold/alert.js';

/** An alert as people see it. @param body JSON as the owner keeps it */
export function shownAlert(body: string): AlertItem {
  const alert = JSON.parse(body) as Alert;
  const said = <T extends { readonly at: number }>(what: T | null): (Omit<T, 'at'> & { at: string }) | null =>
    what && { ...what, at: textOf(what.at) };
  return {
    alertId: alert.alertId,
    customerId: alert.customerId,
    state: alert.state,
    rule: alert.rule,
    ruleRevision: alert.ruleRevision,
    band: alert.band,
    model: alert.model,
    probability: alert.probability,
    orders: alert.orders,
    netValueAtStake: amountOf(alert.netValueAtStake),
    reasons: [...alert.reasons],
    openedAt: textOf(alert.openedAt),
    decidedAt: textOf(alert.decidedAt),
    movedAt: textOf(alert.movedAt),
    expiresAt: textOf(alert.expiresAt),
    snoozedUntil: alert.snoozedUntil === null ? null : textOf(alert.snoozedUntil),
    assignee: alert.assignee,
    acknowledged: said(alert.acknowledged),
    acted: said(alert.acted),
    rated: said(alert.rated),
  };
}

export function shownLog({ kind, at, what, said_by, detail, state }: AlertLogLine): AlertLogEntry {
  return {
    at: instantOf(at).toISOString(),
    step: kind === 'alert' ? (what as AlertStep) : null,
    refused: kind === 'refused' ? what : null,
    by: said_by === '' ? null : said_by,
    detail,
    state: state as AlertStateName,
  };
}

export function shownSuppression(line: SuppressionLine): Suppression {
  return {
    at: instantOf(line.at).toISOString(),
    customerId: line.customer_id,
    rule: line.rule,
    ruleRevision: line.rule_revision,
    reason: line.what as Suppression['reason'],
    detail: line.detail,
    probability: line.probability,
    netValueAtStake: amountOf(line.net_value),
  };
}

export function shownCounts(counts: ReadonlyMap<string, number>): AlertCounts {
  const states = Object.keys(alertCounts.shape) as (keyof AlertCounts)[];
  return Object.fromEntries(states.map((state) => [state, counts.get(state) ?? 0])) as AlertCounts;
}

/** An amount with at least two fraction digits, exact. */
export function amountOf(text: string): string {
  const [whole = '0', fraction = ''] = textOfMicros(microsOf(text)).split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}
