import { scoreboardAnswer, type OutcomeRates, type ScoreboardAnswer } from '#contracts';

type Version = ScoreboardAnswer['versions'][number];

const nobody: OutcomeRates = { customers: 0, predicted: null, observed: null, low: null, high: null };
const rates = (customers: number, predicted: number, observed: number): OutcomeRates => ({
  ...{ customers, predicted, observed, low: observed - 0.01, high: observed + 0.01 },
});
const bandsOf = (customers: number, off: number): Version['months'][number]['bands'] => [
  { band: 'low', ...rates(Math.round(customers * 0.1), 0.31, 0.3 + off) },
  { band: 'medium', ...rates(Math.round(customers * 0.3), 0.58, 0.57 + off) },
  { band: 'high', ...rates(Math.round(customers * 0.6), 0.81, 0.82 + off) },
];

function monthsOf(known: boolean, off: number): Version['months'] {
  return [
    ['2012-06-01', '2012-08-30', 'live', false],
    ['2012-05-01', '2012-07-30', 'live', false],
    ['2012-02-01', '2012-05-01', 'live', known],
    ['2012-01-01', '2012-03-31', 'afterwards', known],
    ['2011-09-01', '2011-11-30', 'history', true],
  ].map(([month, matures, basis, mature]) => ({
    reference: `${String(month)}T00:00:00.000Z`,
    basis: basis as Version['months'][number]['basis'],
    matures: `${String(matures)}T00:00:00.000Z`,
    mature: mature === true,
    ...(mature === true ? { ...rates(9_100, 0.7, 0.69 + off), bands: bandsOf(9_100, off) } : { ...nobody, customers: 9_400, bands: [] }),
  }));
}

function groupOf(basis: Version['groups'][number]['basis'], months: number, off: number): Version['groups'][number] {
  const of = (population: 'all' | 'active', customers: number) => ({
    ...{ population, ...rates(customers, 0.7, 0.69 + off), auc: 0.694, logLoss: 0.531, brier: 0.178, ece: 0.012 + Math.abs(off) },
    bands: bandsOf(customers, off),
    deciles: Array.from({ length: 10 }, (_, tenth) => rates(customers / 10, 0.3 + tenth * 0.06, 0.3 + tenth * 0.06 + off)),
  });
  return { basis, months, populations: [of('all', 9_100 * months), of('active', 4_100 * months)] };
}

function driftOf(against: 'training' | 'month'): NonNullable<Version['drift']> {
  const words = {
    training: 'the 4,338 customers at the end of its training, 2011-12-09',
    month: 'its first whole month of scores, at 2012-01-01: its manifest holds no distributions of the training',
  };
  return {
    ...{ at: '2012-06-20T00:00:00.000Z', customers: 9_420, score: { psi: 0.04, state: 'stable' } },
    against: { kind: against, at: against === 'month' ? '2012-01-01T00:00:00.000Z' : null, rows: 9_400, words: words[against] },
    features: [
      { name: 'season_sin', group: 'season', psi: 8.9, state: 'calendar' },
      { name: 'tenure', group: 'tenure', psi: 0.412, state: 'moved-much' },
      { name: 'money_120', group: 'money', psi: 0.13, state: 'moved' },
      { name: 'recency', group: 'silence', psi: 0.02, state: 'stable' },
    ],
    words: 'Scores lie as they did; 1 feature moved, 1 moved much (tenure).',
  };
}

/** A scoreboard as the service words it. Parsed, so that a test never runs on what the contract would refuse. */
export function boardOf(
  shop: string,
  state: 'young' | 'known' | 'alarm',
  { active }: { readonly active: string | null },
): ScoreboardAnswer {
  const off = state === 'alarm' ? 0.12 : 0;
  const check = { months: 2, customers: 18_200, predicted: 0.7, observed: 0.69 + off, difference: off - 0.01, z: off === 0 ? -1.1 : 11.9 };
  const words =
    off === 0
      ? 'Of 18,200 scores of 2 months 70.0 % were expected to stay away, 69.0 % did.'
      : 'Of 18,200 scores of 2 months 70.0 % were expected to stay away, 81.0 % did: 11.0 % too low, 11.9 standard errors.';
  const known = state !== 'young';
  const version = (name: string): Version => ({
    ...{
      version: name,
      role: name === active ? 'active' : 'shadow',
      horizonDays: 90,
      trainedOn: 'demo',
      trainedAsOf: '2011-12-08T23:46:25.000Z',
    },
    words: known ? '2 of 4 months that its training knew nothing of are known.' : 'Not yet known: first labels mature on 2012-03-31.',
    firstMatures: known ? null : '2012-03-31T00:00:00.000Z',
    groups: [...(known ? [groupOf('live', 1, off), groupOf('afterwards', 1, off)] : []), groupOf('history', 1, 0)],
    months: monthsOf(known, off),
    calibration: known ? { ...check, alarm: off !== 0, words } : null,
    drift: known ? driftOf(off === 0 ? 'training' : 'month') : null,
  });
  return scoreboardAnswer.parse({
    ...{ shop, asOf: '2012-06-20T00:00:00.000Z', generation: '7', watermark: {}, partial: false },
    // The shadow is so new that nobody was marked with it.
    versions: active === null ? [] : [version(active)],
    words: active === null ? `${shop} has no active churn model, so nothing was predicted.` : null,
  });
}
