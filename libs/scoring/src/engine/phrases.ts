import { counted, daysText, moneyText, monthText, numberText, shareText, type Values } from './words.js';

const known = (value: number): boolean => Number.isFinite(value);
const purchaseDays = (of: Values): number => of('repeat_days') + 1;

/** `92 days since the last order; usual gap 31 days`, or, with one purchase day, that it was the only one. */
function silence(of: Values): string {
  const since = `${daysText(of('recency'))} since the last order`;
  return known(of('gap_mean')) ? `${since}; usual gap ${daysText(of('gap_mean'))}` : `${since}; no second purchase day yet`;
}

/** Of what is made of gaps; without a gap the same for all of them. */
const ofGaps =
  (words: (of: Values) => string) =>
  (of: Values): string =>
    known(of('gap_mean')) ? words(of) : 'no rhythm of its own yet: one purchase day';

const timesUsual = ofGaps(
  (of) => `silent ${numberText(of('recency') / of('gap_mean'))} times as long as the usual gap of ${daysText(of('gap_mean'))}`,
);
const usualGap = ofGaps((of) => `usually ${daysText(of('gap_mean'))} between orders`);
const spread = ofGaps((of) => `gaps of ${daysText(of('gap_mean'))}, give or take ${daysText(of('gap_std'))}`);
const lastGap = ofGaps((of) => `last gap ${daysText(of('gap_last'))}, usual gap ${daysText(of('gap_mean'))}`);
const lately = (days: number) => (of: Values) =>
  `${counted(of(`orders_${days}`), 'order')} of late, each counting half after ${days} days; the last ${daysText(of('recency'))} ago`;

/** How many orders a customer has: of it and its tenure the rate is made. */
const ordersOf = (of: Values): number => Math.round(of('rate') * (of('tenure') + 1));
const returned = (of: Values): string => {
  const orders = counted(Math.max(1, ordersOf(of)), 'order');
  return of('returns') > 0 ? `${counted(of('returns'), 'return')} in ${orders}` : `no return in ${orders}`;
};
const season = (of: Values): string => `the time of year (${monthText(of('season_sin'), of('season_cos'))})`;

/**
 * What a feature says of a customer, in words with the values that matter. For every feature, so that a new one without words does not
 * compile into silence: `reasons.spec.ts` asks for each. No name, no address: features hold none.
 */
export const phrases: Readonly<Record<string, (of: Values, currency: string) => string>> = {
  recency: silence,
  mbg_logit: (of) => `${counted(purchaseDays(of), 'purchase day')} in ${daysText(of('tenure'))}, the last ${daysText(of('recency'))} ago`,
  tenure: (of) => `first order ${daysText(of('tenure'))} ago`,
  repeat_days: (of) => `${counted(purchaseDays(of), 'purchase day')} so far`,
  gap_mean: usualGap,
  gap_std: spread,
  gap_max: ofGaps((of) => `longest gap ${daysText(of('gap_max'))}; ${daysText(of('recency'))} since the last order`),
  gap_last: lastGap,
  gap_ewma: ofGaps((of) => `newer gaps of ${daysText(of('gap_ewma'))}, usual gap ${daysText(of('gap_mean'))}`),
  recency_per_mean: timesUsual,
  recency_per_ewma: timesUsual,
  recency_per_max: ofGaps((of) => `${daysText(of('recency'))} since the last order; longest gap before ${daysText(of('gap_max'))}`),
  recency_z: timesUsual,
  gap_cv: spread,
  gap_trend: lastGap,
  orders_14: lately(14),
  orders_45: lately(45),
  orders_120: lately(120),
  orders_365: lately(365),
  money_120: (of, currency) => `${moneyText(of('money_120'), currency)} spent of late, each order counting half after 120 days`,
  money_total: (of, currency) => `${moneyText(Math.expm1(of('money_total')), currency)} spent in all`,
  money_mean: (of, currency) => `${moneyText(Math.expm1(of('money_mean')), currency)} per order`,
  money_max: (of, currency) => `largest order ${moneyText(Math.expm1(of('money_max')), currency)}`,
  money_last: (of, currency) =>
    `last order ${moneyText(Math.expm1(of('money_last')), currency)}, usually ${moneyText(Math.expm1(of('money_mean')), currency)}`,
  money_last_diff: (of, currency) =>
    `last order ${moneyText(Math.expm1(of('money_last')), currency)}, usually ${moneyText(Math.expm1(of('money_mean')), currency)}`,
  rate: (of) => `${counted(ordersOf(of), 'order')} in ${daysText(of('tenure'))}`,
  returns: returned,
  return_share: returned,
  return_recency: (of) => (known(of('return_recency')) ? `last refund ${daysText(of('return_recency'))} ago` : returned(of)),
  basket_lines: (of) => `${counted(of('basket_lines'), 'line')} per order`,
  basket_units: (of) => `${counted(of('basket_units'), 'unit')} per order`,
  lines_last: (of) => `${counted(of('lines_last'), 'line')} in the last order, usually ${numberText(of('basket_lines'))}`,
  bought_before: (of) =>
    known(of('bought_before')) ? `${shareText(of('bought_before'))} of the products bought before` : 'orders name no products',
  season_sin: season,
  season_cos: season,
};
