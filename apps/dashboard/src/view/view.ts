import { periodName, type PeriodName } from '#contracts';

/** What is looked at. It stands in the URL, so that a link shows the same. */
export interface View {
  /** Null: the first shop there is. */
  readonly shop: string | null;
  readonly period: PeriodName;
  /** With `custom`: included; a date of the shop or an instant. */
  readonly from: string | null;
  /** With `custom`: excluded. */
  readonly to: string | null;
}

export const periods: readonly { readonly name: Exclude<PeriodName, 'custom'>; readonly label: string }[] = [
  { name: 'today', label: 'Today' },
  { name: 'last-7-days', label: '7 days' },
  { name: 'last-30-days', label: '30 days' },
  { name: 'last-365-days', label: '365 days' },
  { name: 'all', label: 'All' },
];

const moment = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/;

/** Reads a query string. What is not understood becomes its default: a mistyped link still opens. */
export function viewOf(search: string): View {
  const query = new URLSearchParams(search);
  const shop = query.get('shop');
  const named = periodName.safeParse(query.get('period') ?? 'today');
  const [from, to] = [query.get('from'), query.get('to')].map((text) => (text !== null && moment.test(text) ? text : null));
  const period = named.success ? named.data : 'today';
  if (period !== 'custom') return { shop, period, from: null, to: null };
  // An open custom range would be `all` under another name.
  if (!from || !to) return { shop, period: 'today', from: null, to: null };
  return { shop, period, from, to };
}

/** The query string of a view, `?shop=demo&period=today`. */
export function searchOf(view: View): string {
  const query = new URLSearchParams();
  if (view.shop !== null) query.set('shop', view.shop);
  query.set('period', view.period);
  if (view.from !== null) query.set('from', view.from);
  if (view.to !== null) query.set('to', view.to);
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
