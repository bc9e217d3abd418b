import type { AlertLogEntry } from '#contracts';
import { instantText } from '../format/times.js';

const steps: Readonly<Record<NonNullable<AlertLogEntry['step']>, string>> = {
  opened: 'Opened',
  acknowledged: 'Acknowledged',
  assigned: 'Assigned',
  commented: 'Comment',
  snoozed: 'Snoozed',
  acted: 'Acted on',
  rated: 'Rated',
  woken: 'Woken',
  recovered: 'Recovered',
  expired: 'Expired',
};

/** `Acknowledged by ann`, `Refused to bob` */
export function stepWords({ step, by }: Pick<AlertLogEntry, 'step' | 'by'>): string {
  if (step === null) return by === null ? 'Refused' : `Refused to ${by}`;
  return by === null ? steps[step] : `${steps[step]} by ${by}`;
}

const instants = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;

/** Words of the server with its instants as the rest of the page writes them. */
export function withTimes(words: string, zone: string): string {
  return words.replace(instants, (instant) => instantText(instant, zone));
}
