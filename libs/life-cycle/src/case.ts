import type { AlertOrder, AlertStateName, AlertStep } from '#contracts';
import { isLive, lifeCycle, type RefusalCode } from './life-cycle.js';

/** What somebody has to look at, until it is over: an alert, an alarm. Instants are Unix milliseconds of the clock that it lives by. */
export interface Case {
  readonly state: AlertStateName;
  /** When its state last changed. */
  readonly decidedAt: number;
  /** Its last step, whatever that changed. */
  readonly movedAt: number;
  /** When its time is over; infinite where it has as long as it takes. */
  readonly expiresAt: number;
  readonly snoozedUntil: number | null;
  readonly assignee: string | null;
  readonly acknowledged: { readonly by: string; readonly at: number } | null;
  readonly acted: { readonly by: string; readonly at: number; readonly action: string } | null;
  readonly rated: { readonly by: string; readonly at: number; readonly useful: boolean } | null;
  /** Ids of the last commands: one that is delivered again is not folded again. */
  readonly heard: readonly string[];
}

/** As nothing has happened to it yet, but that it began. */
export function newCase(at: number, expiresAt: number): Case {
  const untouched = { snoozedUntil: null, assignee: null, acknowledged: null, acted: null, rated: null, heard: [] };
  return { state: 'open', decidedAt: at, movedAt: at, expiresAt, ...untouched };
}

/** What a person asks for, and who it is. */
export type CaseOrder = AlertOrder & { readonly by: string };

/** How a refusal speaks of a case. */
export interface CaseWords {
  /** `alert` */
  readonly noun: string;
  /** `the customer recovered` */
  readonly recovered: string;
  /** `the shop's time` */
  readonly clock: string;
}

/** A step that was taken. */
export interface Taken<T extends Case> {
  readonly now: T;
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

/** How many commands a case remembers: far more than are ever on their way at a time. */
const heardCommands = 32;

/** Ends, as far as `upTo`, by computed instants: a snooze that is over, then the case's own time. Each is decided at its instant. */
export function comeDue<T extends Case>(of: T, upTo: number, words: CaseWords): Taken<T>[] {
  const steps: Taken<T>[] = [];
  let now = of;
  for (let due = nextDue(now); due !== null && due.at <= upTo; due = nextDue(now)) {
    const step = due.what === 'expiry' ? 'expired' : 'woken';
    const detail = step === 'expired' ? 'Its time is over.' : 'Its snooze is over.';
    const taken = take({ ...now, snoozedUntil: null }, { step, at: due.at, by: null, detail }, words);
    if ('refused' in taken) break;
    steps.push(taken);
    now = taken.now;
  }
  return steps;
}

/** The next computed instant of a case's life; null once it has ended. An expiry at the moment a snooze ends comes first. */
export function nextDue({ state, expiresAt, snoozedUntil }: Case): { readonly what: 'expiry' | 'snooze-end'; readonly at: number } | null {
  if (!isLive(state)) return null;
  return snoozedUntil !== null && snoozedUntil < expiresAt ? { what: 'snooze-end', at: snoozedUntil } : { what: 'expiry', at: expiresAt };
}

/** Its cause is gone. */
export function recover<T extends Case>(of: T, at: number, detail: string, words: CaseWords): Taken<T> | Refused {
  return take({ ...of, snoozedUntil: null }, { step: 'recovered', at, by: null, detail }, words);
}

/**
 * What a command does to a case; what has come due must have been decided before (`comeDue`).
 * @param at when it was given, by the clock of the case
 * @param id of the command; one that was heard before gives undefined
 */
export function obey<T extends Case>(of: T, order: CaseOrder, at: number, id: string, words: CaseWords): Taken<T> | Refused | undefined {
  if (of.heard.includes(id)) return undefined;
  const { by } = order;
  const heard = [...of.heard, id].slice(-heardCommands);
  const said = { by, at: Math.max(at, of.movedAt) };
  const step = (name: LaterStep, detail: string, changes: Partial<Case> = {}): Taken<T> | Refused =>
    take({ ...of, heard, ...changes }, { step: name, at, by, detail }, words, of);
  switch (order.command) {
    case 'acknowledge':
      return step('acknowledged', '', { acknowledged: said });
    case 'assign':
      return step('assigned', `To ${order.assignee}.`, { assignee: order.assignee });
    case 'comment':
      return step('commented', order.text);
    case 'snooze': {
      const until = Date.parse(order.until);
      const snoozed = step('snoozed', `Until ${order.until}.`, { snoozedUntil: until });
      if ('refused' in snoozed) return snoozed;
      if (until <= at)
        return { refused: 'snooze-past', detail: `${order.until} is not after ${textOf(at)}, ${words.clock}. Name a later instant.` };
      // It would expire asleep: nobody would hear of it again.
      if (until >= of.expiresAt) {
        const detail = `${order.until} is not before ${textOf(of.expiresAt)}, when the ${words.noun} expires. Name an earlier instant.`;
        return { refused: 'snooze-too-long', detail };
      }
      return snoozed;
    }
    case 'act':
      return step('acted', order.action, { acted: { ...said, action: order.action }, snoozedUntil: null });
    case 'rate':
      return step('rated', order.useful ? 'Useful.' : 'Not useful.', { rated: { ...said, useful: order.useful } });
  }
}

type LaterStep = Exclude<AlertStep, 'opened'>;

/** @param changed the case with what the step changes besides its state; @param was as it stood, for the words of a refusal */
function take<T extends Case>(
  changed: T,
  { step, at, by, detail }: { readonly step: LaterStep; readonly at: number; readonly by: string | null; readonly detail: string },
  words: CaseWords,
  was = changed,
): Taken<T> | Refused {
  const next = lifeCycle[was.state][step];
  if (typeof next === 'object') return { refused: next.refused, detail: against(was, next.refused, words) };
  // Steps of one case never go back in time, though a clock that two processes read may differ by a little.
  const when = Math.max(at, was.movedAt);
  const decidedAt = next === was.state ? was.decidedAt : when;
  return { now: { ...changed, state: next, decidedAt, movedAt: when }, step, at: when, by, detail };
}

/** What stands against a step, in words: who was first, and when. */
function against({ state, acknowledged, acted, decidedAt }: Case, code: RefusalCode, words: CaseWords): string {
  if (code === 'already-acknowledged' && acknowledged)
    return `Already acknowledged by ${acknowledged.by} at ${textOf(acknowledged.at)}. Assign it or comment on it instead.`;
  if (code === 'already-acted' && acted) return `${acted.by} has already acted on it at ${textOf(acted.at)}: ${acted.action}.`;
  const how = state === 'recovered' ? words.recovered : 'it expired';
  return `The ${words.noun} is over: ${how} at ${textOf(decidedAt)}. It can still be commented on and rated.`;
}

function textOf(at: number): string {
  return new Date(at).toISOString();
}
