import type { OutcomeFigures, OutcomeRates } from '#contracts';
import { wilsonInterval } from '#statistics';
import type { OutcomeCell } from '#warehouse';
import { churnBands } from '../engine/index.js';

type Sums = Omit<OutcomeCell, 'reference' | 'band' | 'tenth'>;

/** Cells put together. */
export function sumOf(cells: readonly OutcomeCell[]): Sums {
  const sum = (name: keyof Sums): number => cells.reduce((total, cell) => total + cell[name], 0);
  return {
    customers: sum('customers'),
    gone: sum('gone'),
    predicted: sum('predicted'),
    variance: sum('variance'),
    brier: sum('brier'),
    logLoss: sum('logLoss'),
    goneRanks: sum('goneRanks'),
  };
}

/**
 * Predicted and observed of some cells.
 * @param overlap windows of one customer that lie over one another: they are not independent
 */
export function ratesOf(cells: readonly OutcomeCell[], overlap: number): OutcomeRates {
  const { customers, gone, predicted } = sumOf(cells);
  if (customers === 0) return { customers, predicted: null, observed: null, low: null, high: null };
  const observed = gone / customers;
  const { low, high } = wilsonInterval(observed, customers / overlap);
  return { customers, predicted: within(predicted / customers), observed, low, high };
}

/**
 * All measures of some cells, by the trainer's definitions (apps/trainer, metrics.py).
 * @param cells of one question to the store: tenths and ranks are of all its marks
 */
export function figuresOf(population: OutcomeFigures['population'], cells: readonly OutcomeCell[], overlap: number): OutcomeFigures {
  const all = sumOf(cells);
  const per = (sum: number): number | null => (all.customers === 0 ? null : sum / all.customers);
  const tenths = Array.from({ length: 10 }, (_, tenth) => cells.filter((cell) => cell.tenth === tenth)).filter((each) => each.length > 0);
  const apart = tenths.reduce((sum, tenth) => {
    const { gone, predicted } = sumOf(tenth);
    return sum + Math.abs(predicted - gone);
  }, 0);
  return {
    population,
    ...ratesOf(cells, overlap),
    ...{ auc: aucOf(all), logLoss: per(all.logLoss), brier: per(all.brier), ece: per(apart) },
    bands: bandsOf(cells, overlap),
    deciles: tenths.map((tenth) => ratesOf(tenth, overlap)),
  };
}

/** Each band, empty ones too. */
export function bandsOf(cells: readonly OutcomeCell[], overlap: number): OutcomeFigures['bands'] {
  return churnBands.map(({ band }) => ({
    band,
    ...ratesOf(
      cells.filter((cell) => cell.band === band),
      overlap,
    ),
  }));
}

/** Mann-Whitney, ties count half; null when only one outcome is there. */
function aucOf({ customers, gone, goneRanks }: Sums): number | null {
  const stayed = customers - gone;
  return gone === 0 || stayed === 0 ? null : (goneRanks - (gone * (gone + 1)) / 2) / (gone * stayed);
}

/** A mean of probabilities may leave 0..1 by a rounding. */
function within(value: number): number {
  return Math.min(1, Math.max(0, value));
}
