import type { ScoreboardAnswer } from '#contracts';
import { expect, it } from 'vitest';
import { scoreboardLines } from './scoreboard-lines.js';

const rates = { customers: 1_200, predicted: 0.61, observed: 0.6, low: 0.55, high: 0.65 };
const nobody = { customers: 0, predicted: null, observed: null, low: null, high: null };
const answer: ScoreboardAnswer = {
  ...{ shop: 'demo', asOf: '2026-05-02T00:00:00.000Z', generation: '1', watermark: {}, partial: false, words: null },
  versions: [
    {
      ...{ version: 'churn-seed-1a2b3c4d', role: 'active', horizonDays: 90, trainedOn: 'seed', trainedAsOf: '2025-12-31T23:46:25.000Z' },
      ...{ words: '1 of 2 months that its training knew nothing of are known.', firstMatures: null },
      groups: [
        {
          ...{ basis: 'live', months: 1 },
          populations: [
            {
              ...{ population: 'all', ...rates, auc: 0.7, logLoss: 0.5, brier: 0.2, ece: 0.01, deciles: [] },
              bands: [
                { band: 'low', ...nobody },
                { band: 'high', ...rates },
              ],
            },
          ],
        },
      ],
      months: [
        {
          ...{ reference: '2026-05-01T00:00:00.000Z', basis: 'live', matures: '2026-07-30T00:00:00.000Z', mature: false },
          ...nobody,
          bands: [],
        },
      ],
      calibration: null,
      drift: {
        ...{
          at: '2026-05-02T00:00:00.000Z',
          customers: 9,
          score: { psi: 0.02, state: 'stable' },
          words: 'Scores lie as they did; so does every feature.',
        },
        against: { kind: 'training', at: null, rows: 10, words: 'the 10 customers at the end of its training, 2025-12-31' },
        features: [{ name: 'tenure', group: 'tenure', psi: 0.3, state: 'moved-much' }],
      },
    },
  ],
};

it('says what was predicted, what happened, and what is not known yet', () => {
  const text = scoreboardLines(answer).join('\n');
  expect(text).toContain('all customers: 1,200 scores, predicted 0.610, happened 0.600 (0.550 to 0.650)  AUC 0.700, log loss 0.500');
  expect(text).toContain('      low     nobody\n      high    1,200 scores');
  expect(text).toContain('not known yet: months of 2026-05-01 on 2026-07-30');
  expect(text).toContain('drift at 2026-05-02 against the 10 customers at the end of its training');
  expect(text).toContain('    tenure             0.300 moved-much');
});

it('of a shop without versions says why', () => {
  expect(scoreboardLines({ ...answer, versions: [], words: 'no model' })).toEqual(['no model']);
});
