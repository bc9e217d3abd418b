import type { AlertOrder, AlertStateName, AlertStep } from '#contracts';
import { comeDue, newCase, obey, recover, type Case, type CaseWords, type RefusalCode, type Refused, type Taken } from '#life-cycle';
import type { AlarmRow } from '#warehouse';
import { isLasting } from './alarms.js';

/** What an alarm is about, from its beginning on. */
export interface AlarmHead {
  readonly shop: string;
  readonly code: string;
  readonly subject: string;
  readonly message: string;
  /** Unix milliseconds, wall clock. */
  readonly since: number;
}

/** What a process saw of it. */
export interface Sighting {
  readonly message: string;
  readonly times: number;
}

/** An alarm as the store knows it. Instants are wall clock, Unix milliseconds. */
export interface KeptAlarm extends Case, AlarmHead {
  readonly alarmId: string;
  readonly database: string;
  readonly times: number;
  /** Whether those who are not looking were told of it. */
  readonly told: boolean;
  /** When which process last said that it stands, by its own clock; one that saw it go is not among them. */
  readonly seen: ReadonlyMap<string, number>;
}

/** A line of what happened to an alarm. */
export interface AlarmLogLine {
  /** Of the command, where a person asked. */
  readonly commandId: string | null;
  readonly at: number;
  /** null: it was refused. */
  readonly step: AlertStep | null;
  readonly refused: RefusalCode | null;
  readonly by: string | null;
  readonly detail: string;
  readonly state: AlertStateName;
}

export interface FoldedAlarm {
  readonly alarm: KeptAlarm;
  readonly log: readonly AlarmLogLine[];
}

/** An alarm takes as long as its cause, so none expires. */
export const alarmWords: CaseWords = { noun: 'alarm', recovered: 'its cause was gone', clock: 'the time here' };

/** Entry of what a process sees of an alarm. */
export function sightOf(process: string): string {
  return `stands ${process}`;
}

/**
 * What has become of an alarm: a fold of its rows by their instants, wherever and in which order they were written.
 * @param rows of one alarm
 * @param now wall clock, Unix milliseconds: a snooze may be over
 * @returns undefined where nobody opened it
 */
export function foldAlarm(rows: readonly AlarmRow[], now: number): FoldedAlarm | undefined {
  const opened = rows.find(({ what }) => what === 'opened');
  if (!opened) return undefined;
  const head = JSON.parse(opened.body) as AlarmHead;
  const { alarmId, database } = opened;
  const seen = new Map<string, number>();
  const sightings = new Map<string, Sighting>();
  let alarm: KeptAlarm = { ...newCase(opened.at, Infinity), ...head, alarmId, database, times: 1, told: false, seen };
  const log: AlarmLogLine[] = [];
  const note = (outcome: Taken<KeptAlarm> | Refused, at: number, by: string | null, commandId: string | null): void => {
    if ('refused' in outcome) {
      log.push({ commandId, at, step: null, refused: outcome.refused, by, detail: outcome.detail, state: alarm.state });
      return;
    }
    alarm = outcome.now;
    log.push({ commandId, at: outcome.at, step: outcome.step, refused: null, by: outcome.by, detail: outcome.detail, state: alarm.state });
  };
  const passTo = (at: number): void => {
    for (const due of comeDue(alarm, at, alarmWords)) note(due, due.at, null, null);
  };
  note({ now: alarm, step: 'opened', at: opened.at, by: null, detail: head.message }, opened.at, null, null);
  for (const { what, at, by, entry, body } of rows.toSorted((a, b) => a.at - b.at || (a.entry < b.entry ? -1 : 1))) {
    passTo(at);
    if (what === 'stands' || what === 'gone') {
      if (what === 'stands') seen.set(entry, at);
      sightings.delete(entry);
      sightings.set(entry, JSON.parse(body) as Sighting);
      alarm = { ...alarm, ...together([...sightings.values()], isLasting(head)) };
    } else if (what === 'told') {
      alarm = { ...alarm, told: true };
    } else if (what === 'commanded') {
      const outcome = obey(alarm, { ...(JSON.parse(body) as AlertOrder), by }, at, entry, alarmWords);
      if (outcome) note(outcome, at, by, entry);
    } else if (what === 'over') {
      note(recover(alarm, at, (JSON.parse(body) as { detail: string }).detail, alarmWords), at, null, null);
    }
  }
  passTo(now);
  return { alarm, log };
}

/** Alarms of rows of many, as `foldAlarm` folds each. */
export function foldAlarms(rows: readonly AlarmRow[], now: number): KeptAlarm[] {
  const byAlarm = new Map<string, AlarmRow[]>();
  for (const row of rows) {
    const its = byAlarm.get(row.alarmId);
    if (its) its.push(row);
    else byAlarm.set(row.alarmId, [row]);
  }
  return [...byAlarm.values()].flatMap((its) => foldAlarm(its, now)?.alarm ?? []);
}

/** What is over and stays true is met by each process once: they count different messages. Of the others the newest look says how it is. */
function together(sightings: readonly Sighting[], lasts: boolean): Partial<Sighting> {
  if (!lasts) return sightings.at(-1) ?? {};
  const messages = [...new Set(sightings.map(({ message }) => message))];
  return { message: messages.join(' '), times: sightings.reduce((sum, { times }) => sum + times, 0) };
}
