import type { AlertState, AlertStep } from '#contracts';
import type { OutgoingMessage } from '#streaming';
import { textOf, type Alert } from '../fold/alert.js';

/** A step that everybody is to hear of, with the place of its row. */
export interface MovedStep {
  readonly partition: number;
  readonly epoch: number;
  readonly offset: bigint;
  readonly step: number;
  readonly what: string;
  readonly by: string;
  /** JSON of the alert after it. */
  readonly body: string;
}

/** The event that tells of a step. Its id is made of the row's place: told again, it has the same one. */
export function movedEvent(shop: string, { partition, epoch, offset, step, what, by, body }: MovedStep): OutgoingMessage {
  const alert = JSON.parse(body) as Alert;
  const data: AlertState = {
    alertId: alert.alertId,
    customerId: alert.customerId,
    state: alert.state,
    step: what as AlertStep,
    by: by === '' ? null : by,
    rule: alert.rule,
    ruleRevision: alert.ruleRevision,
    band: alert.band,
    model: alert.model,
    probability: alert.probability,
    netValueAtStake: alert.netValueAtStake,
    reasons: [...alert.reasons],
    openedAt: textOf(alert.openedAt),
    decidedAt: textOf(alert.movedAt),
    expiresAt: textOf(alert.expiresAt),
    snoozedUntil: alert.snoozedUntil === null ? null : textOf(alert.snoozedUntil),
    assignee: alert.assignee,
  };
  const event = {
    specversion: '1.0',
    id: `${shop}/alert/${alert.alertId}/${partition}.${epoch}.${offset}.${step}`,
    source: '/tideline/alerts',
    type: 'tideline.alert.moved.v1',
    subject: alert.alertId,
    time: data.decidedAt,
    recordedtime: data.decidedAt,
    data,
  };
  return { key: alert.customerId, value: JSON.stringify(event) };
}
