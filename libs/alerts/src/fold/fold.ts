import { comeDue, isLive, nextDue, obey, type Taken } from '#life-cycle';
import type { AlertLogRow } from '#warehouse';
import type { RuleRevision } from '../rules/rules.js';
import { alertWords, type Alert } from './alert.js';
import type { CustomerFacts } from './checks.js';
import type { AlertMessage, PlacedAlertMessage } from './message.js';
import { keepAlert, type FoldShop, type PartitionState } from './partition.js';
import { refusedRow, rowOf, stepRow, type FoldRow } from './rows.js';
import { score } from './score.js';

/** What the fold asks for beside the messages. Answers hang on the instant, not on when they are asked for. */
export interface Surroundings {
  readonly shop: FoldShop;
  /** Rules that decisions of an instant follow. */
  rulesAt(at: number): readonly RuleRevision[];
  /** What the shop knew of a customer at an instant. */
  factsAt(customerId: string, at: number): CustomerFacts;
}

/**
 * Folds one message into the state of its partition. A function of the two and of the surroundings: however messages were cut into
 * batches, and however often the state was stored and read again in between, the rows are the same.
 * @param state is changed
 * @returns the rows that follow from the message, with their places
 */
export function foldMessage(state: PartitionState, { offset, message }: PlacedAlertMessage, around: Surroundings): AlertLogRow[] {
  state.next = offset + 1n;
  const rows = rowsOf(state, message, around);
  // They are nobody else's yet, and a copy of twenty fields is what a fold of a long history takes most of its time for.
  return rows.map((row, step) => Object.assign(row, { partition: state.partition, epoch: state.epoch, offset, step }));
}

function rowsOf(state: PartitionState, message: AlertMessage, around: Surroundings): FoldRow[] {
  const dayOf = (at: number): string => around.shop.zone.text(at, false);
  switch (message.kind) {
    case 'moved':
      return [];
    case 'dead': {
      const { reason, detail, excerpt, at, eventId } = message;
      return [rowOf('dead', { what: reason, detail, body: excerpt, at, day: dayOf(at), eventId })];
    }
    case 'scored': {
      const at = Date.parse(message.score.decidedAt);
      const due = settle(state, message.score.customerId, at, dayOf, message.eventId);
      return [...due, ...score(state, message, at, dayOf(at), around)];
    }
    case 'commanded': {
      const { command, at, eventId } = message;
      const due = settle(state, command.customerId, at, dayOf, eventId);
      const alert = state.alerts.get(command.alertId);
      const said = { by: command.by, alertId: command.alertId, customerId: command.customerId, eventId };
      if (alert?.customerId !== command.customerId) {
        const detail = `There is no alert ${command.alertId} about ${command.customerId}.`;
        return [...due, refusedRow(undefined, { refused: 'alert-unknown', detail }, at, dayOf(at), said)];
      }
      const outcome = obey(alert, command, at, eventId, alertWords);
      if (outcome === undefined) return due;
      if ('refused' in outcome) return [...due, refusedRow(alert, outcome, at, dayOf(at), said)];
      return [...due, ...taken(state, [outcome], dayOf, eventId)];
    }
    case 'due': {
      const { customerId, at } = message.due;
      return settle(state, customerId, Date.parse(at), dayOf, message.eventId);
    }
  }
}

/** Computed instants of a customer's alerts that lie at or before `upTo` are decided first: time does not wait for its message. */
function settle(state: PartitionState, customerId: string, upTo: number, dayOf: (at: number) => string, eventId: string): FoldRow[] {
  const alerts = (state.byCustomer.get(customerId) ?? []).flatMap((id) => state.alerts.get(id) ?? []);
  // In an order that a restart does not change.
  return alerts
    .filter(({ state: now }) => isLive(now))
    .sort((a, b) => (a.alertId < b.alertId ? -1 : 1))
    .flatMap((alert) => taken(state, comeDue(alert, upTo, alertWords), dayOf, eventId));
}

/** Keeps what steps made of an alert. */
function taken(state: PartitionState, steps: readonly Taken<Alert>[], dayOf: (at: number) => string, eventId: string): FoldRow[] {
  return steps.map((step) => {
    keepAlert(state, step.now);
    return stepRow(step, dayOf(step.at), eventId);
  });
}

/** The earliest computed instant that waits in a partition; Infinity where none does. */
export function earliestDue(alerts: Iterable<Alert>): number {
  let earliest = Infinity;
  for (const alert of alerts) earliest = Math.min(earliest, nextDue(alert)?.at ?? Infinity);
  return earliest;
}
