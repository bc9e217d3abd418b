import { featureGroups, features, type FeatureGroup } from '#warehouse';
import { describe, expect, it } from 'vitest';
import { placeOf } from './advance.js';
import { phrases } from './phrases.js';
import { reasonsOf } from './reasons.js';

type Numbers = Readonly<Record<string, number>>;

/** A customer with eight orders in 400 days, and what is said otherwise. */
const usual: Numbers = {
  ...{ recency: 92.3, tenure: 400, repeat_days: 7, gap_mean: 30.8, gap_std: 12.2, gap_max: 60.4, gap_last: 45, gap_ewma: 38 },
  ...{ recency_per_mean: 3, recency_per_ewma: 2.4, recency_per_max: 1.5, recency_z: 4, gap_cv: 0.4, gap_trend: 0.38 },
  ...{ orders_14: 0.01, orders_45: 0.34, orders_120: 1.26, orders_365: 4, money_120: 1_234.56, rate: 8 / 401 },
  ...{ money_total: Math.log1p(1_912), money_mean: Math.log1p(239), money_max: Math.log1p(512.5), money_last: Math.log1p(45.3) },
  ...{ money_last_diff: -1.6, returns: 2, return_share: 0.25, return_recency: 12.4, basket_lines: 3.25, basket_units: 5.1 },
  ...{ lines_last: 2, bought_before: 0.4, season_sin: Math.sin(5.8), season_cos: Math.cos(5.8), mbg_logit: 0.7 },
};
/** With one order, just now. */
const once: Numbers = {
  ...Object.fromEntries(features.map(({ name }) => [name, NaN])),
  ...{ recency: 0.3, tenure: 0.3, repeat_days: 0, orders_14: 1, orders_45: 1, orders_120: 1, orders_365: 1, money_120: 1, rate: 1 / 1.3 },
  ...{ money_total: Math.log1p(1), money_mean: Math.log1p(1), money_max: Math.log1p(1), money_last: Math.log1p(1), money_last_diff: 0 },
  ...{ returns: 0, return_share: 0, basket_lines: 1, basket_units: 1, lines_last: 1, season_sin: 0, season_cos: 1 },
};

const vector = (values: Numbers): Float32Array => {
  const row = new Float32Array(features.length);
  for (const [name, value] of Object.entries(values)) row[placeOf(name)] = value;
  return row;
};
const said = (row: Numbers, contrib: Numbers): [FeatureGroup, number, string][] =>
  reasonsOf(vector(row), vector(contrib)).map(({ group, contribution, words }) => [group, Number(contribution.toFixed(4)), words]);

describe('the reasons of a prediction', () => {
  it('are the three groups that moved it most, each summed, in the words of the feature that pushed hardest their way', () => {
    const contrib = { recency: 0.5, mbg_logit: 0.25, recency_per_max: -0.9, gap_cv: 0.1, orders_45: -0.3, money_mean: 0.2, tenure: 0.05 };
    expect(said(usual, contrib)).toEqual([
      ['own rhythm', -0.8, 'speaks against: 92 days since the last order; longest gap before 60 days'],
      ['silence', 0.75, '92 days since the last order; usual gap 31 days'],
      ['activity', -0.3, 'speaks against: 0.3 orders of late, each counting half after 45 days; the last 92 days ago'],
    ]);
  });

  it("name money in the shop's currency", () => {
    const row = vector(usual);
    expect(reasonsOf(row, vector({ money_last: 1 }), { currency: 'EUR' })[0]?.words).toBe('last order 45.3 EUR, usually 239 EUR');
    expect(reasonsOf(row, vector({ money_120: 1 }), { currency: 'EUR' })[0]?.words).toMatch(/^1,235 EUR spent of late/);
  });

  it('are fewer where fewer moved it, and none where nothing did', () => {
    expect(said(usual, { returns: 0.1, season_sin: 0.2, season_cos: -0.2 })).toEqual([['returns', 0.1, '2 returns in 8 orders']]);
    expect(said(usual, {})).toEqual([]);
  });

  it('of somebody at risk say first what speaks for it, then the strongest of what speaks against it', () => {
    const contrib = { recency: 0.5, recency_per_max: -0.9, orders_45: -0.3, money_mean: 0.2, returns: 0.1 };
    const atRisk = reasonsOf(vector(usual), vector(contrib), { atRisk: true });
    expect(atRisk.map(({ group, contribution }) => [group, Math.sign(contribution)])).toEqual([
      ['silence', 1],
      ['money', 1],
      ['own rhythm', -1],
    ]);
    expect(atRisk.at(-1)?.words).toMatch(/^speaks against: /);
    // Three that speak for it, each stronger: nothing else is said.
    const plain = reasonsOf(vector(usual), vector({ ...contrib, recency: 3, money_mean: 2, returns: 1 }), { atRisk: true });
    expect(plain.map(({ contribution }) => Math.sign(contribution))).toEqual([1, 1, 1]);
    expect(reasonsOf(vector(usual), vector({ recency: -1, returns: -2 }), { atRisk: true }).map(({ group }) => group)).toEqual(['returns']);
  });

  it('stand in the order of the groups where they are equal', () => {
    expect(said(usual, { tenure: 1, returns: -1, recency: 1, basket_lines: 1 }).map(([group]) => group)).toEqual([
      'silence',
      'basket',
      'returns',
    ]);
  });

  it('are not made up for a row that was refused', () => {
    expect(() => reasonsOf(vector(usual), vector({ recency: NaN }))).toThrow(RangeError);
    expect(() => reasonsOf(new Float32Array(3), vector({}))).toThrow(/35 features, not 3/);
  });
});

const words: readonly [feature: string, many: string, one: string][] = [
  ['recency', '92 days since the last order; usual gap 31 days', 'less than a day since the last order; no second purchase day yet'],
  ['mbg_logit', '8 purchase days in 400 days, the last 92 days ago', '1 purchase day in less than a day, the last less than a day ago'],
  ['tenure', 'first order 400 days ago', 'first order less than a day ago'],
  ['repeat_days', '8 purchase days so far', '1 purchase day so far'],
  ['gap_mean', 'usually 31 days between orders', 'no rhythm of its own yet: one purchase day'],
  ['gap_std', 'gaps of 31 days, give or take 12 days', 'no rhythm of its own yet: one purchase day'],
  ['gap_max', 'longest gap 60 days; 92 days since the last order', 'no rhythm of its own yet: one purchase day'],
  ['gap_last', 'last gap 45 days, usual gap 31 days', 'no rhythm of its own yet: one purchase day'],
  ['gap_ewma', 'newer gaps of 38 days, usual gap 31 days', 'no rhythm of its own yet: one purchase day'],
  ['recency_per_mean', 'silent 3 times as long as the usual gap of 31 days', 'no rhythm of its own yet: one purchase day'],
  ['recency_per_ewma', 'silent 3 times as long as the usual gap of 31 days', 'no rhythm of its own yet: one purchase day'],
  ['recency_per_max', '92 days since the last order; longest gap before 60 days', 'no rhythm of its own yet: one purchase day'],
  ['recency_z', 'silent 3 times as long as the usual gap of 31 days', 'no rhythm of its own yet: one purchase day'],
  ['gap_cv', 'gaps of 31 days, give or take 12 days', 'no rhythm of its own yet: one purchase day'],
  ['gap_trend', 'last gap 45 days, usual gap 31 days', 'no rhythm of its own yet: one purchase day'],
  [
    'orders_14',
    '0 orders of late, each counting half after 14 days; the last 92 days ago',
    '1 order of late, each counting half after 14 days; the last less than a day ago',
  ],
  [
    'orders_45',
    '0.3 orders of late, each counting half after 45 days; the last 92 days ago',
    '1 order of late, each counting half after 45 days; the last less than a day ago',
  ],
  [
    'orders_120',
    '1.3 orders of late, each counting half after 120 days; the last 92 days ago',
    '1 order of late, each counting half after 120 days; the last less than a day ago',
  ],
  [
    'orders_365',
    '4 orders of late, each counting half after 365 days; the last 92 days ago',
    '1 order of late, each counting half after 365 days; the last less than a day ago',
  ],
  ['money_120', '1,235 spent of late, each order counting half after 120 days', '1 spent of late, each order counting half after 120 days'],
  ['money_total', '1,912 spent in all', '1 spent in all'],
  ['money_mean', '239 per order', '1 per order'],
  ['money_max', 'largest order 513', 'largest order 1'],
  ['money_last', 'last order 45.3, usually 239', 'last order 1, usually 1'],
  ['money_last_diff', 'last order 45.3, usually 239', 'last order 1, usually 1'],
  ['rate', '8 orders in 400 days', '1 order in less than a day'],
  ['returns', '2 returns in 8 orders', 'no return in 1 order'],
  ['return_share', '2 returns in 8 orders', 'no return in 1 order'],
  ['return_recency', 'last refund 12 days ago', 'no return in 1 order'],
  ['basket_lines', '3.3 lines per order', '1 line per order'],
  ['basket_units', '5.1 units per order', '1 unit per order'],
  ['lines_last', '2 lines in the last order, usually 3.3', '1 line in the last order, usually 1'],
  ['bought_before', '40 % of the products bought before', 'orders name no products'],
  ['season_sin', 'the time of year (December)', 'the time of year (January)'],
  ['season_cos', 'the time of year (December)', 'the time of year (January)'],
];

describe('the words of a feature', () => {
  it.each(words)('%s', (name, many, one) => {
    const group = features.find((feature) => feature.name === name)?.group;
    expect(said(usual, { [name]: 1.5 })).toEqual([[group, 1.5, many]]);
    expect(said(usual, { [name]: -1.5 })).toEqual([[group, -1.5, `speaks against: ${many}`]]);
    expect(said(once, { [name]: 0.25 })).toEqual([[group, 0.25, one]]);
    expect(said(once, { [name]: -0.25 })).toEqual([[group, -0.25, `speaks against: ${one}`]]);
  });

  it('exist for every feature of every group, without NaN', () => {
    expect(words.map(([name]) => name).sort()).toEqual(features.map(({ name }) => name).sort());
    expect(Object.keys(phrases).sort()).toEqual(features.map(({ name }) => name).sort());
    expect(new Set(features.map(({ group }) => group))).toEqual(new Set(featureGroups));
    const singular = { ...usual, recency: 1.2, gap_mean: 0.9, returns: 1, return_recency: 1 };
    expect(said(singular, { recency: 1, returns: 1 }).map(([, , text]) => text)).toEqual([
      '1 day since the last order; usual gap 1 day',
      '1 return in 8 orders',
    ]);
    expect(words.flat().join()).not.toMatch(/NaN|Infinity|undefined/);
  });

  it.each([
    ['2024-01-15', 'January'],
    ['2024-02-29', 'February'],
    ['2025-05-02', 'May'],
    ['2026-06-15', 'June'],
    ['2023-11-29', 'November'],
    ['2039-12-20', 'December'],
  ])('know the month of %s', (date, month) => {
    const angle = (2 * Math.PI * Date.parse(date)) / 86_400_000 / 365.25;
    expect(said({ ...usual, season_sin: Math.sin(angle), season_cos: Math.cos(angle) }, { season_sin: 1 })).toEqual([
      ['season', 1, `the time of year (${month})`],
    ]);
  });
});
