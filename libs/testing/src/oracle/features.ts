import { discountsOf, grossOf, keepBook, unitsOf, type Sale } from './book.js';
import { LocalTime } from './local-time.js';
import { verdictOn, type OracleMessage, type OracleShop } from './verdict.js';
import { Versions } from './winners.js';

/** Parameters of MBG/NBD, time in days. */
export interface OracleMbg {
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

const day = 86_400_000;

/** Messages that the shop had at an instant: what they tell of and their arrival lie at or before it. */
export function messagesKnownAt<M extends OracleMessage>(messages: readonly M[], shop: OracleShop, asOf: number): M[] {
  return messages.filter((message) => {
    const verdict = verdictOn(message, shop);
    if (!verdict.accepted || verdict.recordedAt > asOf) return false;
    return Date.parse((JSON.parse(String(message.value)) as { time: string }).time) <= asOf;
  });
}

/**
 * Features of every customer with an order known at an instant, by name: the definitions of shared/churn.md, section 4, written down
 * once more as formulas, in plain arithmetic on numbers of 64 bits.
 */
export function featuresAt(
  messages: readonly OracleMessage[],
  shop: OracleShop,
  asOf: number,
  mbg: OracleMbg,
): Map<string, Record<string, number>> {
  const statements = messagesKnownAt(messages, shop, asOf).flatMap((message) => {
    const verdict = verdictOn(message, shop);
    return verdict.accepted ? [verdict.statement] : [];
  });
  const { sales, refunds } = keepBook(new Versions(statements));
  const time = new LocalTime(shop.timeZone);
  const byCustomer = new Map<string, Sale[]>();
  for (const sale of sales) {
    if (sale.customer === '' || sale.at > asOf) continue;
    byCustomer.set(sale.customer, [...(byCustomer.get(sale.customer) ?? []), sale]);
  }
  const rows = new Map<string, Record<string, number>>();
  for (const [customer, unordered] of byCustomer) {
    const orders = unordered.sort((x, y) => x.at - y.at || (x.orderId < y.orderId ? -1 : 1));
    const returned = new Map<string, number>();
    for (const refund of refunds) {
      const at = refund.at['refund-date'];
      if (refund.customer === customer && at <= asOf) returned.set(refund.returnId, at);
    }
    rows.set(customer, featuresOf(orders, [...returned.values()], time, asOf, mbg));
  }
  return rows;
}

function featuresOf(orders: readonly Sale[], returned: readonly number[], time: LocalTime, asOf: number, mbg: OracleMbg) {
  const daysSince = (at: number): number => (asOf - at) / day;
  const [first, last] = [orders[0], orders[orders.length - 1]] as [Sale, Sale];
  const recency = daysSince(last.at);
  const tenure = daysSince(first.at);

  const firstOfDay = new Map<string, number>();
  for (const { at } of orders) if (!firstOfDay.has(time.dateOf(at))) firstOfDay.set(time.dateOf(at), at);
  const starts = [...firstOfDay.values()];
  const gaps = starts.slice(1).map((at, index) => (at - (starts[index] ?? 0)) / day);
  const mean = average(gaps);
  const std = Math.sqrt(average(gaps.map((gap) => (gap - mean) ** 2)));
  const longest = gaps.length === 0 ? NaN : Math.max(...gaps);
  const newest = gaps.at(-1) ?? NaN;
  const weights = gaps.map((_, index) => 0.5 ** ((gaps.length - 1 - index) / 2));
  const ewma = sum(gaps.map((gap, index) => gap * (weights[index] ?? 0))) / sum(weights);

  const money = orders.map((order) => Number(grossOf(order) - discountsOf(order)) / 1e6);
  const decayed = (halfLife: number, of: (index: number) => number): number =>
    sum(orders.map((order, index) => of(index) * 0.5 ** (daysSince(order.at) / halfLife)));
  const log = (amount: number): number => Math.log(1 + Math.max(amount, 0));

  const products = orders.map((order) => new Set(order.lines.map(({ product }) => product).filter((product) => product !== '')));
  const seen = new Set<string>();
  const bought = { all: 0, before: 0 };
  for (const basket of products) {
    for (const product of basket) {
      bought.all += 1;
      if (seen.has(product)) bought.before += 1;
    }
    for (const product of basket) seen.add(product);
  }
  const season = (2 * Math.PI * asOf) / day / 365.25;

  return {
    recency,
    tenure,
    repeat_days: gaps.length,
    gap_mean: mean,
    gap_std: std,
    gap_max: longest,
    gap_last: newest,
    gap_ewma: ewma,
    recency_per_mean: recency / mean,
    recency_per_ewma: recency / ewma,
    recency_per_max: recency / longest,
    recency_z: (recency - mean) / (std + 3),
    gap_cv: std / mean,
    gap_trend: Math.log(newest / mean),
    orders_14: decayed(14, () => 1),
    orders_45: decayed(45, () => 1),
    orders_120: decayed(120, () => 1),
    orders_365: decayed(365, () => 1),
    money_120: decayed(120, (index) => money[index] ?? NaN),
    money_total: log(sum(money)),
    money_mean: log(average(money)),
    money_max: log(Math.max(...money)),
    money_last: log(money.at(-1) ?? NaN),
    money_last_diff: log(money.at(-1) ?? NaN) - log(average(money)),
    rate: orders.length / (tenure + 1),
    returns: returned.length,
    return_share: returned.length / orders.length,
    return_recency: returned.length === 0 ? NaN : daysSince(Math.max(...returned)),
    basket_lines: average(orders.map(({ lines }) => lines.length)),
    basket_units: average(orders.map((order) => Number(unitsOf(order)))),
    lines_last: last.lines.length,
    bought_before: bought.before / bought.all,
    season_sin: Math.sin(season),
    season_cos: Math.cos(season),
    mbg_logit: logitOfSilence(gaps.length, tenure - recency, tenure, mbg),
  };
}

/** log(P / (1 - P)), P = P(no order in 90 days) of MBG/NBD: shared/churn.md, section 4, as it stands there. */
function logitOfSilence(x: number, tx: number, age: number, { r, alpha, a, b }: OracleMbg): number {
  const alive = 1 / (1 + (a / (b + x)) * ((alpha + age) / (alpha + tx)) ** (r + x));
  const silent = 1 - alive * (1 - ((alpha + age) / (alpha + age + 90)) ** (r + x));
  return Math.log(silent / (1 - silent));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** NaN of nothing. */
function average(values: readonly number[]): number {
  return sum(values) / values.length;
}
