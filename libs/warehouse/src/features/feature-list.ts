/** The plain reason a feature belongs to: what people read is summed inside it. */
export const featureGroups = ['silence', 'own rhythm', 'activity', 'money', 'basket', 'returns', 'season', 'tenure'] as const;
export type FeatureGroup = (typeof featureGroups)[number];

/** One feature of a customer, as the statement gives it and as a model must read it. */
export interface Feature {
  readonly name: string;
  /** What it is, in words. */
  readonly definition: string;
  readonly unit: string;
  readonly group: FeatureGroup;
  /** How the probability of silence may move with it alone: 1 never down, -1 never up, 0 either way. */
  readonly sign: -1 | 0 | 1;
}

const feature = (name: string, group: FeatureGroup, sign: Feature['sign'], unit: string, definition: string): Feature => ({
  name,
  definition,
  unit,
  group,
  sign,
});

/** Days ahead of the label and of `mbg_logit`: churn is no order in (as_of, as_of + 90 days]. */
export const horizonDays = 90;

/**
 * The features of a customer at an instant, in the order in which models read them. Each is computed from the customer's orders and
 * refunds as the shop knew them at that instant; NaN where it is not defined. Source: shared/churn.md, section 4.
 */
export const features: readonly Feature[] = [
  feature('recency', 'silence', 1, 'days', 'since the last order'),
  feature('tenure', 'tenure', 0, 'days', 'since the first order'),
  feature('repeat_days', 'activity', 0, 'days', 'purchase days - 1; a purchase day is a day of the shop with an order'),
  feature('gap_mean', 'own rhythm', 0, 'days', 'mean gap between purchase days; each stands at its first order'),
  feature('gap_std', 'own rhythm', 0, 'days', 'standard deviation of the gaps, divided by their number'),
  feature('gap_max', 'own rhythm', 0, 'days', 'longest gap'),
  feature('gap_last', 'own rhythm', 0, 'days', 'newest gap'),
  feature('gap_ewma', 'own rhythm', 0, 'days', 'mean gap, weighted by 1/2 per 2 gaps into the past'),
  feature('recency_per_mean', 'own rhythm', 1, 'ratio', 'recency / gap_mean'),
  feature('recency_per_ewma', 'own rhythm', 1, 'ratio', 'recency / gap_ewma'),
  feature('recency_per_max', 'own rhythm', 1, 'ratio', 'recency / gap_max'),
  feature('recency_z', 'own rhythm', 1, 'ratio', '(recency - gap_mean) / (gap_std + 3)'),
  feature('gap_cv', 'own rhythm', 0, 'ratio', 'gap_std / gap_mean'),
  feature('gap_trend', 'own rhythm', 0, 'log ratio', 'log(gap_last / gap_mean)'),
  feature('orders_14', 'activity', -1, 'orders', 'orders, each counting 1/2 per 14 days of its age'),
  feature('orders_45', 'activity', -1, 'orders', 'orders, each counting 1/2 per 45 days of its age'),
  feature('orders_120', 'activity', -1, 'orders', 'orders, each counting 1/2 per 120 days of its age'),
  feature('orders_365', 'activity', -1, 'orders', 'orders, each counting 1/2 per 365 days of its age'),
  feature('money_120', 'money', -1, 'currency', 'gross sales less discounts of the orders, each counting 1/2 per 120 days of its age'),
  feature('money_total', 'money', 0, 'log(1 + currency)', 'gross sales less discounts of all orders'),
  feature('money_mean', 'money', 0, 'log(1 + currency)', 'the same per order'),
  feature('money_max', 'money', 0, 'log(1 + currency)', 'the same of the largest order'),
  feature('money_last', 'money', 0, 'log(1 + currency)', 'the same of the last order'),
  feature('money_last_diff', 'money', 0, 'log ratio', 'money_last - money_mean'),
  feature('rate', 'activity', 0, 'orders per day', 'orders / (tenure + 1)'),
  feature('returns', 'returns', 0, 'returns', 'refunded returns, of whatever amount'),
  feature('return_share', 'returns', 0, 'ratio', 'returns / orders'),
  feature('return_recency', 'returns', 0, 'days', 'since the last refund; NaN without one'),
  feature('basket_lines', 'basket', 0, 'lines', 'mean lines of an order'),
  feature('basket_units', 'basket', 0, 'units', 'mean units of an order'),
  feature('lines_last', 'basket', 0, 'lines', 'lines of the last order'),
  feature(
    'bought_before',
    'basket',
    0,
    'ratio',
    'share of the products of all orders (each once per order) that an earlier order had; NaN where no product is named',
  ),
  feature('season_sin', 'season', 0, 'ratio', 'sin of the season at as_of: 2 pi x days since 1970-01-01 UTC / 365.25'),
  feature('season_cos', 'season', 0, 'ratio', 'cos of the same'),
  feature(
    'mbg_logit',
    'silence',
    1,
    'log odds',
    `logit of P(no order in ${horizonDays} days) by MBG/NBD: x = repeat_days, t_x = tenure - recency, T = tenure; NaN without parameters`,
  ),
];
