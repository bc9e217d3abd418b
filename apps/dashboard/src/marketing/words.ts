import type { AlertItem, AlertStateName, SuppressionReason } from '#contracts';
import { percentText } from '../format/figures.js';

/** Days that a churn score looks ahead (docs/models.md). */
export const horizonDays = 90;

export const stateWords: Readonly<Record<AlertStateName, string>> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  acted: 'Acted on',
  recovered: 'Recovered',
  expired: 'Expired',
};

/** What an alert of a state is waiting for, or how it ended. */
export const stateMeans: Readonly<Record<AlertStateName, string>> = {
  open: 'Nobody has taken it yet',
  acknowledged: 'Somebody has seen it and takes care of it',
  acted: 'Something was done; what comes of it shows',
  recovered: 'The customer left the band: it is over',
  expired: 'Its time is over, and the customer is still in the band',
};

/** `87 % probability of no order in the next 90 days` */
export function probabilityWords(probability: number): string {
  return `${percentText(probability)} probability of no order in the next ${horizonDays} days`;
}

export const suppressionWords: Readonly<Record<SuppressionReason, { readonly short: string; readonly long: string }>> = {
  muted: { short: 'History, muted', long: 'Decided while a history was loaded: nobody is told of what lies in the past' },
  'thin-data': { short: 'Too little known', long: 'Fewer orders than the rule asks for' },
  'below-value': { short: 'Below value', long: 'Less net value at stake than the rule asks for' },
  consent: { short: 'No consent', long: 'The customer does not want to be written to, or the rule asks for consent and there is none' },
  duplicate: { short: 'Duplicate', long: 'The customer has an alert already' },
  'held-out-elsewhere': { short: 'Held out elsewhere', long: 'Another rule leaves the customer alone, so that its effect can be known' },
  'cool-down': { short: 'Cool-down', long: 'The customer had an alert a short while ago' },
  'quiet-hours': { short: 'Quiet hours', long: 'It fell into the quiet hours of the rule' },
  cap: { short: 'Daily cap', long: 'The rule had sent its share of the day' },
  holdout: { short: 'Holdout', long: 'Left alone on purpose, so that the effect of alerts can be known' },
};

/** The first reason, or what stands in for it. */
export function firstReason({ reasons }: Pick<AlertItem, 'reasons'>): string {
  return reasons[0] ?? 'The model names no reason';
}

/** Customers in the band above which an alarm is nothing special, as a share of all. */
const many = 0.2;

/** Whether so many customers are above 70 % that a list of them says little, and what is at stake must rank them. */
export function ranksByValue(summary: {
  readonly customers: number;
  readonly bands: readonly { band: string; customers: number }[];
}): boolean {
  const high = summary.bands.find(({ band }) => band === 'high')?.customers ?? 0;
  return summary.customers > 0 && high / summary.customers > many;
}
