import type { CalibrationCheck } from '#contracts';
import type { OutcomeCell } from '#warehouse';
import { sumOf } from './figures.js';
import { overlapOf } from './months.js';

/** Newest known months that are judged together: half a year, so that one campaign is no verdict. */
export const monthsJudged = 6;
/** What chance does not explain: three standard errors, once in 370 checks. */
const mostErrors = 3;
/** What nobody has to act on: with many customers a difference of a point is certain, and harmless. */
const mostDifference = 0.05;

/**
 * Whether the level of the probabilities left its band. The error is that of a sum of independent draws with these very probabilities; where
 * a customer's windows overlap its variance is at most as many times larger as windows lie over one another.
 * @param cells of months that are known and lie behind the training
 * @param references their months, whether or not anybody was marked there
 */
export function calibrationOf(cells: readonly OutcomeCell[], references: readonly number[], horizonDays: number): CalibrationCheck | null {
  const newest = [...references].sort((a, b) => b - a).slice(0, monthsJudged);
  const { customers, gone, predicted: sum, variance } = sumOf(cells.filter(({ reference }) => newest.includes(reference)));
  if (customers === 0) return null;
  const [predicted, observed] = [Math.min(1, sum / customers), gone / customers];
  const error = Math.sqrt(variance * overlapOf(newest, horizonDays));
  const z = error === 0 ? (gone === sum ? 0 : Math.sign(gone - sum) * Number.MAX_SAFE_INTEGER) : (gone - sum) / error;
  const difference = observed - predicted;
  const alarm = Math.abs(difference) > mostDifference && Math.abs(z) > mostErrors;
  const said = `Of ${customers.toLocaleString('en')} scores of ${newest.length === 1 ? '1 month' : `${newest.length} months`} ${percent(predicted)} were expected to stay away, ${percent(observed)} did`;
  const verdict = alarm
    ? `: ${percent(Math.abs(difference))} too ${difference > 0 ? 'low' : 'high'}, ${Math.abs(z) > 99 ? 'more than 99' : Math.abs(z).toFixed(1)} standard errors.`
    : Math.abs(difference) > mostDifference
      ? ': more than five points, but not beyond three standard errors.'
      : '.';
  return { months: newest.length, customers, predicted, observed, difference, z, alarm, words: `${said}${verdict}` };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
