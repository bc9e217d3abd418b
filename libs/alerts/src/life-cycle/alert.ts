import type { AlertCommand, AlertStateName, AlertStep } from '#contracts';
import { isLive, lifeCycle, type RefusalCode } from './life-cycle.js';

/** An alert as the owner keeps it. Instants are shop time, Unix milliseconds; it is stored as JSON. */
export interface Alert {
  readonly alertId: string;
  readonly customerId: string;
  readonly rule: string;
  readonly ruleRevision: number;
  readonly state: AlertStateName;
  readonly band: 'medium' | 'high';
  readonly model: string;
  readonly probability: number;
  readonly orders: number;
  /** Decimal string. */
  readonly netValueAtStake: string;
  readonly reasons: readonly string[];
  readonly openedAt: number;
  /** When its state last changed. */
  readonly decidedAt: number;
  /** Its last step, whatever that changed. */
  readonly movedAt: number;
  readonly expiresAt: number;
  readonly snoozedUntil: number | null;
  readonly assignee: string | null;
  readonly acknowledged: { readonly by: string; readonly at: number } | null;
  readonly acted: { readonly by: string; readonly at: number; readonly action: string } | null;
  readonly rated: { readonly by: string; readonly at: number; readonly useful: boolean } | null;
  /** Ids of the last commands: one that is delivered again is not folded again. */
  readonly heard: readonly string[];
  /** Whether a history that was loaded ended it: nothing happened now, so channels are not told. Missing in what was stored before. */
  readonly muted?: boolean;
}

/** A step that was taken. */
export interface Taken {
  readonly alert: Alert;
  readonly step: AlertStep;
  readonly at: number;
  /** Who, where a person did. */
  readonly by: string | null;
  readonly detail: string;
}

/** A step that was not. */
export interface Refused {
  readonly refused: RefusalCode;
  /** For the person who asked: what stands against it. */
  readonly detail: string;
}

/** How many commands an alert remembers: far more than are ever on their way at a time. */
const heardCommands = 32;

/** Ends, as far as `upTo`, by computed instants: a snooze that is over, then the alert's own time. Each is decided at its instant. */
export function comeDue(alert: Alert, upTo: number): Taken[] {
  const steps: Taken[] = [];
  let now = alert;
  for (let due = nextDue(now); due !== null && due.at <= upTo; due = nextDue(now)) {
    const step = due.what === 'expiry' ? 'expired' : 'woken';
    const detail = step === 'expired' ? 'Its time is over.' : 'Its snooze is over.';
    const taken = take({ ...now, snoozedUntil: null }, step, due.at, null, detail);
    if ('refused' in taken) break;
    steps.push(taken);
    now = taken.alert;
  }
  return steps;
}

/** The next computed instant of an alert's life; null once it has ended. An expiry at the moment a snooze ends comes first. */
export function nextDue({ state, expiresAt, snoozedUntil }: Alert): { readonly what: 'expiry' | 'snooze-end'; readonly at: number } | null {
  if (!isLive(state)) return null;
  return snoozedUntil !== null && snoozedUntil < expiresAt ? { what: 'snooze-end', at: snoozedUntil } : { what: 'expiry', at: expiresAt };
}

/**
 * The customer is below the rule's band again.
 * @param muted whether a history says so that is only told now
 */
export function recover(alert: Alert, at: number, detail: string, muted: boolean): Taken | Refused {
  return take({ ...alert, snoozedUntil: null, ...(muted ? { muted } : {}) }, 'recovered', at, null, detail);
}

/**
 * What a command does to an alert; what has come due must have been decided before (`comeDue`).
 * @param at shop time at which it was given
 * @param eventId of the command; one that was heard before gives undefined
 */
export function obey(alert: Alert, command: AlertCommand, at: number, eventId: string): Taken | Refused | undefined {
  if (alert.heard.includes(eventId)) return undefined;
  const heard = { ...alert, heard: [...alert.heard, eventId].slice(-heardCommands) };
  const { by } = command;
  switch (command.command) {
    case 'acknowledge':
      return take({ ...heard, acknowledged: { by, at: Math.max(at, alert.movedAt) } }, 'acknowledged', at, by, '', alert);
    case 'assign':
      return take({ ...heard, assignee: command.assignee }, 'assigned', at, by, `To ${command.assignee}.`, alert);
    case 'comment':
      return take(heard, 'commented', at, by, command.text, alert);
    case 'snooze': {
      const until = Date.parse(command.until);
      const snoozed = take({ ...heard, snoozedUntil: until }, 'snoozed', at, by, `Until ${command.until}.`, alert);
      if ('refused' in snoozed) return snoozed;
      if (until <= at)
        return { refused: 'snooze-past', detail: `${command.until} is not after ${textOf(at)}, the shop's time. Name a later instant.` };
      // It would expire asleep: nobody would hear of it again.
      if (until >= alert.expiresAt) {
        const detail = `${command.until} is not before ${textOf(alert.expiresAt)}, when the alert expires. Name an earlier instant.`;
        return { refused: 'snooze-too-long', detail };
      }
      return snoozed;
    }
    case 'act': {
      const { action } = command;
      return take({ ...heard, acted: { by, at: Math.max(at, alert.movedAt), action }, snoozedUntil: null }, 'acted', at, by, action, alert);
    }
    case 'rate': {
      const { useful } = command;
      const detail = useful ? 'Useful.' : 'Not useful.';
      return take({ ...heard, rated: { by, at: Math.max(at, alert.movedAt), useful } }, 'rated', at, by, detail, alert);
    }
  }
}

/** @param changed the alert with what the step changes besides its state; @param was as it stood, for the words of a refusal */
function take(
  changed: Alert,
  step: Exclude<AlertStep, 'opened'>,
  at: number,
  by: string | null,
  detail: string,
  was = changed,
): Taken | Refused {
  const next = lifeCycle[was.state][step];
  if (typeof next === 'object') return { refused: next.refused, detail: against(was, next.refused) };
  // Steps of one alert never go back in time, though a clock that two processes read may differ by a little.
  const when = Math.max(at, was.movedAt);
  const decidedAt = next === was.state ? was.decidedAt : when;
  return { alert: { ...changed, state: next, decidedAt, movedAt: when }, step, at: when, by, detail };
}

/** What stands against a step, in words: who was first, and when. */
function against({ state, acknowledged, acted, decidedAt }: Alert, code: RefusalCode): string {
  if (code === 'already-acknowledged' && acknowledged)
    return `Already acknowledged by ${acknowledged.by} at ${textOf(acknowledged.at)}. Assign it or comment on it instead.`;
  if (code === 'already-acted' && acted) return `${acted.by} has already acted on it at ${textOf(acted.at)}: ${acted.action}.`;
  const how = state === 'recovered' ? 'the customer recovered' : 'it expired';
  return `The alert is over: ${how} at ${textOf(decidedAt)}. It can still be commented on and rated.`;
}

export function textOf(at: number): string {
  return new Date(at).toISOString();
}
