import type { AlertDue } from '#contracts';
import type { OutgoingMessage } from '#streaming';
import { nextDue } from '#life-cycle';
import { textOf, type Alert } from '../fold/alert.js';

/** What has to be said of an alert of which a computed instant has come by `clock`; undefined where none has. */
export function dueEvent(shop: string, alert: Alert, clock: number): (OutgoingMessage & { readonly id: string }) | undefined {
  const due = nextDue(alert);
  if (due === null || due.at > clock) return undefined;
  const at = textOf(due.at);
  const data: AlertDue = { alertId: alert.alertId, customerId: alert.customerId, due: due.what, at };
  const id = `${shop}/alert/${alert.alertId}/${due.what}/${due.at}`;
  const envelope = { specversion: '1.0', id, source: '/tideline/alerts', type: 'tideline.alert.came-due.v1', subject: alert.alertId };
  return { id, key: alert.customerId, value: JSON.stringify({ ...envelope, time: at, recordedtime: at, data }) };
}
