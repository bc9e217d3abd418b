import {
  alertSorts,
  alertStates,
  demandLevel,
  periodName,
  serviceLevels,
  type AlertSort,
  type AlertStateName,
  type DemandLevel,
  type PeriodName,
} from '#contracts';

export const pages = ['overview', 'marketing', 'demand', 'model'] as const;
export type Page = (typeof pages)[number];

/** What is looked at. It stands in the URL, so that a link shows the same. */
export interface View {
  /** Null: the first shop there is. */
  readonly shop: string | null;
  readonly page: Page;
  readonly period: PeriodName;
  /** With `custom`: included; a date of the shop or an instant. */
  readonly from: string | null;
  /** With `custom`: excluded. */
  readonly to: string | null;
  /** Marketing: the alert whose card is open. */
  readonly alert: string | null;
  readonly state: AlertStateName;
  /** Marketing: null is every rule. */
  readonly rule: string | null;
  /** Marketing: null leaves the order to the page. */
  readonly sort: AlertSort | null;
  /** Demand: units of how many days. */
  readonly days: number;
  /** Demand: the series whose course is drawn; null is the largest category. */
  readonly series: { readonly level: DemandLevel; readonly key: string } | null;
  /** Demand: days from ordering to having, days until the next chance to order, and the chance that stock lasts. */
  readonly lead: number;
  readonly review: number;
  readonly service: number;
  /** Demand: only products of which to order now. */
  readonly short: boolean;
  /** Model: null is the active version. */
  readonly version: string | null;
}

/** What can be chosen of demand. A forecast reaches thirty days: lead time and review together go no further. */
export const demandChoices = { days: [7, 14, 28], lead: [1, 3, 7, 14], review: [1, 7, 14], service: serviceLevels } as const;

export const periods: readonly { readonly name: Exclude<PeriodName, 'custom'>; readonly label: string }[] = [
  { name: 'today', label: 'Today' },
  { name: 'last-7-days', label: '7 days' },
  { name: 'last-30-days', label: '30 days' },
  { name: 'last-365-days', label: '365 days' },
  { name: 'all', label: 'All' },
];

const moment = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/;

type Period = Pick<View, 'period' | 'from' | 'to'>;
type OfMarketing = Pick<View, 'alert' | 'state' | 'rule' | 'sort'>;

type OfDemand = Pick<View, 'days' | 'series' | 'lead' | 'review' | 'service' | 'short'>;

const noDemand: OfDemand = { days: 28, series: null, lead: 7, review: 7, service: 0.95, short: false };
const noAlerts: OfMarketing = { alert: null, state: 'open', rule: null, sort: null };

/** Reads a query string. What is not understood becomes its default: a mistyped link still opens. */
export function viewOf(search: string): View {
  const query = new URLSearchParams(search);
  const page = oneOf(pages, query.get('page')) ?? 'overview';
  return {
    shop: query.get('shop'),
    page,
    ...periodOf(query),
    ...(page === 'marketing' ? marketingOf(query) : noAlerts),
    ...(page === 'demand' ? demandOf(query) : noDemand),
    version: page === 'model' ? query.get('version') : null,
  };
}

function periodOf(query: URLSearchParams): Period {
  const named = periodName.safeParse(query.get('period') ?? 'today');
  const [from, to] = [query.get('from'), query.get('to')].map((text) => (text !== null && moment.test(text) ? text : null));
  const period = named.success ? named.data : 'today';
  if (period !== 'custom') return { period, from: null, to: null };
  // An open custom range would be `all` under another name.
  return from && to ? { period, from, to } : { period: 'today', from: null, to: null };
}

function marketingOf(query: URLSearchParams): OfMarketing {
  return {
    alert: query.get('alert'),
    state: oneOf(alertStates, query.get('state')) ?? 'open',
    rule: query.get('rule'),
    sort: oneOf(alertSorts, query.get('sort')),
  };
}

function demandOf(query: URLSearchParams): OfDemand {
  const chosen = (name: keyof typeof demandChoices): number =>
    demandChoices[name].find((each) => String(each) === query.get(name)) ?? noDemand[name];
  const [level, key] = [oneOf(demandLevel.options, query.get('level')), query.get('key')];
  return {
    ...{ days: chosen('days'), lead: chosen('lead'), review: chosen('review'), service: chosen('service') },
    short: query.get('products') === 'short',
    series: level !== null && key !== null ? { level, key } : null,
  };
}

function oneOf<T extends string>(known: readonly T[], text: string | null): T | null {
  return known.find((each) => each === text) ?? null;
}

/**
 * The query string of a view, `?shop=demo&period=today`. What belongs to another page is left out; the period is kept, so that the
 * overview shows the same when one comes back.
 */
export function searchOf(view: View): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string | null): void => {
    if (value !== null) query.set(name, value);
  };
  put('shop', view.shop);
  if (view.page !== 'overview') put('page', view.page);
  if (view.page === 'overview' || view.period !== 'today') put('period', view.period);
  put('from', view.from);
  put('to', view.to);
  if (view.page === 'marketing') {
    if (view.state !== 'open') put('state', view.state);
    for (const name of ['rule', 'sort', 'alert'] as const) put(name, view[name]);
  }
  if (view.page === 'demand') {
    for (const name of ['days', 'lead', 'review', 'service'] as const) if (view[name] !== noDemand[name]) put(name, String(view[name]));
    put('products', view.short ? 'short' : null);
    put('level', view.series?.level ?? null);
    put('key', view.series?.key ?? null);
  }
  if (view.page === 'model') put('version', view.version);
  return `?${query.toString()}`;
}

export type Grain = 'minute' | 'hour' | 'day' | 'week' | 'month';

/** The grain at which a period has between about a dozen and a few hundred buckets. */
export function grainOf(view: View): Grain {
  switch (view.period) {
    case 'today':
    case 'last-7-days':
      return 'hour';
    case 'last-30-days':
      return 'day';
    case 'last-365-days':
      return 'week';
    case 'all':
      return 'month';
    case 'custom': {
      const days = (Date.parse(view.to ?? '') - Date.parse(view.from ?? '')) / 86_400_000;
      if (days <= 0.25) return 'minute';
      if (days <= 10) return 'hour';
      if (days <= 120) return 'day';
      return days <= 1100 ? 'week' : 'month';
    }
  }
}

/** `2011-12-09` and days after it, by the calendar. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
