import { ident, join, sql, type Sql } from '#clickhouse';
import type { Shop } from '../shop.js';
import { documentsOfFacts, documentsOfVersions, type CustomerSelection } from './documents.js';
import { features, horizonDays } from './feature-list.js';

/** Parameters of MBG/NBD: purchase rate Gamma(r, alpha), time in days; drop-out after a purchase Beta(a, b). */
export interface MbgParameters {
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

/** Without a fitted MBG/NBD: `mbg_logit` is NaN. */
export const noMbg: MbgParameters = { r: NaN, alpha: NaN, a: NaN, b: NaN };

export interface FeatureQuery {
  /** What is later, by event or by arrival, is not known. */
  readonly asOf: Date;
  readonly mbg: MbgParameters;
  /** All by default. */
  readonly customers?: CustomerSelection;
  /** `versions` (the ledger's, for any instant) by default; `facts` for the shop's clock only: they hold what is known now. */
  readonly source?: 'versions' | 'facts';
}

/**
 * Features of customers at an instant, one row per customer with an order known then: `customer_id`, then `features` as Float32.
 * All arithmetic is this one text; the sources differ in where the orders and refunds are read. An order of a row is never decided by
 * arrival: orders fold by (time, order id), so the same orders give the same bits whatever parts and threads they come from.
 */
export function customerFeaturesSql(shop: Shop, { asOf, mbg, customers, source = 'versions' }: FeatureQuery): Sql {
  const instant = sql`${asOf}`;
  const documents = source === 'facts' ? documentsOfFacts(shop, instant, customers) : documentsOfVersions(shop, instant, customers);
  return sql`WITH
    toUnixTimestamp64Milli(${instant}) AS now_ms, 86400000. AS day_ms, toFloat64(${horizonDays}) AS horizon,
    ${parameter(mbg.r)} AS mbg_r, ${parameter(mbg.alpha)} AS mbg_alpha, ${parameter(mbg.a)} AS mbg_a, ${parameter(mbg.b)} AS mbg_b,
    -- A customer's orders, oldest first.
    arraySort(o -> (o.1, o.2), known_orders) AS ordered,
    ordered.1 AS times, ordered.3 AS days, ordered.4 AS amounts, ordered.5 AS line_counts, ordered.6 AS unit_counts, ordered.7 AS product_sets,
    toFloat64(length(times)) AS orders, arrayMap(t -> (now_ms - t) / day_ms, times) AS ages,
    -- Purchase days, and the gaps between them.
    arrayFilter((t, day, before) -> day != before, times, days, arrayPushFront(arrayPopBack(days), -1)) AS starts,
    arrayMap(ms -> ms / day_ms, arrayPopFront(arrayDifference(starts))) AS gaps,
    length(gaps) AS n, n = 0 AS once,
    if(once, nan, (starts[-1] - starts[1]) / day_ms / n) AS mean_gap,
    if(once, nan, sqrt(arraySum(g -> (g - mean_gap) * (g - mean_gap), gaps) / n)) AS std_gap,
    if(once, nan, arrayMax(gaps)) AS max_gap, if(once, nan, gaps[-1]) AS last_gap,
    arrayMap((g, i) -> exp2((i - n) / 2.), gaps, arrayEnumerate(gaps)) AS weights,
    if(once, nan, arraySum((g, w) -> g * w, gaps, weights) / arraySum(weights)) AS ewma_gap,
    (now_ms - times[-1]) / day_ms AS since_last, (now_ms - times[1]) / day_ms AS since_first,
    arrayMap(age -> exp2(age / -120.), ages) AS decay_120,
    arraySum(amounts) AS total, log1p(greatest(total / orders, 0.)) AS log_mean, log1p(greatest(amounts[-1], 0.)) AS log_last,
    arraySum(s -> length(s), product_sets) AS bought,
    -- MBG/NBD: P(no order in H) = 1 - u, u = P(alive) (1 - ((alpha + T) / (alpha + T + H))^(r + x)); in logs, so that nothing overflows.
    mbg_r + n AS mbg_shape, mbg_alpha + since_first AS mbg_age,
    log(mbg_a / (mbg_b + n)) + mbg_shape * log(mbg_age / (mbg_alpha + (since_first - since_last))) AS mbg_gone,
    log(1. - exp(mbg_shape * log(mbg_age / (mbg_age + horizon)))) - if(mbg_gone > 0, mbg_gone + log1p(exp(-mbg_gone)), log1p(exp(mbg_gone))) AS mbg_log_u,
    pi() * 2. * now_ms / day_ms / 365.25 AS season
SELECT
    customer AS customer_id,
    ${join(
      features.map(({ name }) => sql`toFloat32(${expressionOf(name)}) AS ${ident(name)}`),
      ',\n    ',
    )}
FROM
(
    SELECT
        customer, groupArrayIf((at, document, day, money, lines, units, products), is_return = 0) AS known_orders,
        countIf(is_return) AS refunded, maxIf(at, is_return) AS last_refund
    FROM
    (
    ${documents}
    )
    GROUP BY customer
    HAVING notEmpty(known_orders)
)`;
}

/** Of the aliases above. */
const expressions: Readonly<Record<string, Sql>> = {
  recency: sql`since_last`,
  tenure: sql`since_first`,
  repeat_days: sql`n`,
  gap_mean: sql`mean_gap`,
  gap_std: sql`std_gap`,
  gap_max: sql`max_gap`,
  gap_last: sql`last_gap`,
  gap_ewma: sql`ewma_gap`,
  recency_per_mean: sql`since_last / mean_gap`,
  recency_per_ewma: sql`since_last / ewma_gap`,
  recency_per_max: sql`since_last / max_gap`,
  recency_z: sql`(since_last - mean_gap) / (std_gap + 3.)`,
  gap_cv: sql`std_gap / mean_gap`,
  gap_trend: sql`log(last_gap / mean_gap)`,
  orders_14: sql`arraySum(age -> exp2(age / -14.), ages)`,
  orders_45: sql`arraySum(age -> exp2(age / -45.), ages)`,
  orders_120: sql`arraySum(decay_120)`,
  orders_365: sql`arraySum(age -> exp2(age / -365.), ages)`,
  money_120: sql`arraySum((amount, weight) -> amount * weight, amounts, decay_120)`,
  money_total: sql`log1p(greatest(total, 0.))`,
  money_mean: sql`log_mean`,
  money_max: sql`log1p(greatest(arrayMax(amounts), 0.))`,
  money_last: sql`log_last`,
  money_last_diff: sql`log_last - log_mean`,
  rate: sql`orders / (since_first + 1.)`,
  returns: sql`refunded`,
  return_share: sql`refunded / orders`,
  return_recency: sql`if(refunded = 0, nan, (now_ms - last_refund) / day_ms)`,
  basket_lines: sql`arraySum(line_counts) / orders`,
  basket_units: sql`arraySum(unit_counts) / orders`,
  lines_last: sql`line_counts[-1]`,
  bought_before: sql`if(bought = 0, nan, 1. - arrayUniq(arrayFlatten(product_sets)) / bought)`,
  season_sin: sql`sin(season)`,
  season_cos: sql`cos(season)`,
  mbg_logit: sql`log1p(-exp(mbg_log_u)) - mbg_log_u`,
};

function expressionOf(name: string): Sql {
  const expression = expressions[name];
  if (!expression) throw new TypeError(`No expression for the feature ${name}.`);
  return expression;
}

function parameter(value: number): Sql {
  return Number.isNaN(value) ? sql`toFloat64(nan)` : sql`toFloat64(${value})`;
}
