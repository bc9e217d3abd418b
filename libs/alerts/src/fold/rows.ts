import type { RefusalCode, Taken } from '#life-cycle';
import type { AlertLogRow } from '#warehouse';
import type { Alert } from './alert.js';
import type { CustomerState } from './customer.js';

/** A row that does not know its place yet. */
export type FoldRow = Omit<AlertLogRow, 'partition' | 'epoch' | 'offset' | 'step'>;

const blank: FoldRow = {
  kind: 'customer',
  at: 0,
  day: '1970-01-01',
  customerId: '',
  alertId: '',
  rule: '',
  ruleRevision: 0,
  state: '',
  what: '',
  by: '',
  assignee: '',
  detail: '',
  probability: 0,
  netValue: '0',
  eventId: '',
  body: '',
  sent: 0n,
};

/** A row with what it has to say; the rest is empty. */
export function rowOf(kind: FoldRow['kind'], said: Partial<FoldRow>): FoldRow {
  return { ...blank, kind, ...said };
}

/** @param day local date of the decision */
export function stepRow({ now: alert, step, at, by, detail }: Taken<Alert>, day: string, eventId: string): FoldRow {
  return rowOf('alert', {
    ...ofAlert(alert),
    at,
    day,
    state: alert.state,
    what: step,
    by: by ?? '',
    detail,
    eventId,
    body: JSON.stringify(alert),
  });
}

/** Of an alert that there is not nothing is said by its life. */
export interface RefusedCommand {
  readonly refused: RefusalCode | 'alert-unknown';
  readonly detail: string;
}

export function refusedRow(alert: Alert | undefined, refused: RefusedCommand, at: number, day: string, said: Partial<FoldRow>): FoldRow {
  const of = alert ? { ...ofAlert(alert), state: alert.state } : {};
  return rowOf('refused', { ...of, at, day, what: refused.refused, detail: refused.detail, ...said });
}

export function customerRow(customerId: string, customer: CustomerState, eventId: string): FoldRow {
  return rowOf('customer', { customerId, at: customer.scoredAt, eventId, body: JSON.stringify(customer) });
}

function ofAlert(alert: Alert): Partial<FoldRow> {
  return {
    customerId: alert.customerId,
    alertId: alert.alertId,
    rule: alert.rule,
    ruleRevision: alert.ruleRevision,
    assignee: alert.assignee ?? '',
    probability: alert.probability,
    netValue: alert.netValueAtStake,
  };
}
