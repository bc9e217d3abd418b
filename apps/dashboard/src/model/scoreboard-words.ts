import type { DriftState, OutcomeRates, ScoreBasis } from '#contracts';
import { measureText, noFigure, percentText } from '../format/figures.js';
import { bucketText } from '../format/times.js';

/** Where a month stands to the training, as people say it. */
export const basisWords: Readonly<Record<ScoreBasis, { readonly short: string; readonly title: string; readonly note: string }>> = {
  live: {
    short: 'at the time',
    title: 'Said at the time',
    note: 'Scores of days that the training knew nothing of, made when those days came.',
  },
  afterwards: {
    short: 'afterwards',
    title: 'Computed afterwards',
    note: 'From what was known then, and of days that the training knew nothing of; but nobody was told, and whoever chose the version may have seen how it turned out.',
  },
  history: {
    short: 'known to the training',
    title: 'Before the end of the training',
    note: 'The version may have learnt what happened here, or in another shop at the time. It flatters, and is judged nowhere.',
  },
};

export const driftWords: Readonly<Record<DriftState, string>> = {
  stable: 'stable',
  moved: 'moved',
  'moved-much': 'moved much',
  calendar: 'follows the calendar',
};

/** The month that begins at an instant. A day and a half later it is that month in every zone. */
export function monthText(reference: string): string {
  return bucketText(new Date(Date.parse(reference) + 36 * 3_600_000).toISOString(), 'UTC', 'month');
}

/** `58.1% to 62.0%` */
export function intervalText({ low, high }: Pick<OutcomeRates, 'low' | 'high'>): string {
  return low === null || high === null ? noFigure : `${percentText(low, 1)} to ${percentText(high, 1)}`;
}

/** A stability index: two digits are all that it means. */
export function psiText(psi: number): string {
  return measureText(psi, 2);
}
