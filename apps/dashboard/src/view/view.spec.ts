import { describe, expect, it } from 'vitest';
import { addDays, grainOf, searchOf, viewOf, type View } from './view.js';

const given = (view: Partial<View>): View => ({ ...viewOf(''), ...view });
const custom = (from: string, to: string): View => given({ shop: 'demo', period: 'custom', from, to });

describe('a link', () => {
  it('shows the same view again', () => {
    const views: View[] = [
      given({}),
      given({ shop: 'demo', period: 'last-30-days' }),
      custom('2011-01-01', '2011-02-01'),
      custom('2011-01-01T10:00:00Z', '2011-01-01T11:00:00Z'),
      given({ shop: 'demo', page: 'marketing' }),
      given({ page: 'marketing', period: 'all', state: 'acted', rule: 'churn-high', sort: 'value', alert: 'a1b2' }),
      given({ page: 'demand', days: 7, lead: 14, review: 1, service: 0.99, short: true, series: { level: 'product', key: '' } }),
      given({ page: 'model', version: 'churn-seed-1a2b3c4d' }),
    ];
    for (const view of views) expect(viewOf(searchOf(view))).toEqual(view);
  });

  it('says no more than what is not as it comes', () => {
    expect(searchOf(given({ shop: 'demo' }))).toBe('?shop=demo&period=today');
    expect(searchOf(given({ shop: 'demo', page: 'marketing' }))).toBe('?shop=demo&page=marketing');
  });

  it('to another page takes the period along, and nothing that is only of the page before', () => {
    const marketing = given({ page: 'marketing', period: 'all', alert: 'a1b2', state: 'acted' });
    expect(viewOf(searchOf({ ...marketing, page: 'model' }))).toEqual(given({ page: 'model', period: 'all' }));
  });

  it('that is mistyped still opens', () => {
    expect(viewOf('?page=marketing&state=lost&sort=name')).toEqual(given({ page: 'marketing' }));
    expect(viewOf('?page=demand&days=9&lead=x&service=2&level=shop&key=tea')).toEqual(given({ page: 'demand' }));
    expect(viewOf('?page=sales').page).toBe('overview');
    expect(viewOf('?period=fortnight').period).toBe('today');
    expect(viewOf('?period=custom&from=2011-01-01').period).toBe('today');
    expect(viewOf('?period=custom&from=x&to=y')).toMatchObject({ period: 'today', from: null, to: null });
    expect(viewOf('?period=today&from=2011-01-01&to=2011-02-01').from).toBeNull();
  });
});

it('the grain follows the length', () => {
  expect(grainOf(viewOf('?period=today'))).toBe('hour');
  expect(grainOf(viewOf('?period=last-365-days'))).toBe('week');
  expect(grainOf(custom('2011-01-01T10:00:00Z', '2011-01-01T11:00:00Z'))).toBe('minute');
  expect(grainOf(custom('2011-01-01', '2011-01-08'))).toBe('hour');
  expect(grainOf(custom('2011-01-01', '2011-03-01'))).toBe('day');
  expect(grainOf(custom('2001-01-01', '2011-01-01'))).toBe('month');
});

it('days are counted by the calendar', () => {
  expect(addDays('2012-02-28', 1)).toBe('2012-02-29');
  expect(addDays('2011-01-01', -1)).toBe('2010-12-31');
});
