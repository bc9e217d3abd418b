import { describe, expect, it } from 'vitest';
import { calibrationOption } from './calibration-option.js';
import { comparisonWords, featureGroups, nameOf, populationName, reportOf } from './report.js';

const tests = (population: object) => ({
  tests: [{ asOf: '2025-10-02T23:46:25.000Z', chosen: 'blend', populations: { all: population } }],
});
const read = (metrics: unknown) => reportOf({ metrics: metrics as never });

describe('a manifest', () => {
  it('is read with its measures; null where nothing could be measured', () => {
    const { tests: found } = read(tests({ customers: 9, models: { blend: { customers: 9, auc: null, log_loss: 0.5 } } }));
    expect(found[0]?.populations['all']?.models?.['blend']).toMatchObject({ auc: null, log_loss: 0.5 });
  });

  it('of another trainer is shown as far as it goes', () => {
    expect(read({ tests: 7 }).tests).toEqual([]);
    const { tests: found } = read(tests({ customers: 9, deciles: [{ count: 'many' }], atThreshold: {}, best: { auc: 0.7 } }));
    expect(found[0]?.populations['all']).toEqual({ customers: 9, deciles: undefined, atThreshold: undefined, best: undefined });
  });
});

describe('a comparison', () => {
  it('speaks only where its interval leaves zero out; a lower log loss is better', () => {
    expect(comparisonWords({ difference: -0.01, low: -0.02, high: -0.001 })).toBe('better');
    expect(comparisonWords({ difference: 0.01, low: 0.001, high: 0.02 })).toBe('worse');
    expect(comparisonWords({ difference: -0.01, low: -0.02, high: 0 })).toBe('no clear difference');
  });
});

it('features stand in their groups, in the order of the model', () => {
  const features = [
    { name: 'recency', group: 'silence', sign: 1 },
    { name: 'tenure', group: 'tenure', sign: 0 },
    { name: 'mbg_logit', group: 'silence', sign: 1 },
  ] as const;
  expect(featureGroups({ features: [...features] }).map(({ group, features: of }) => [group, ...of.map(({ name }) => name)])).toEqual([
    ['silence', 'recency', 'mbg_logit'],
    ['tenure', 'tenure'],
  ]);
});

it('names are those that people say; an unknown one stays as it is', () => {
  expect([nameOf('rfm-logistic'), nameOf('forest'), populationName('all'), populationName('high value')]).toEqual([
    'RFM logistic',
    'forest',
    'All customers',
    'High value',
  ]);
});

it('the picture of the calibration has every decile, larger where there are more customers', () => {
  const palette = { gross: '', net: '', returns: '', ink: '', muted: '', line: '', surface: '' };
  const { series } = calibrationOption(
    [
      { count: 100, predicted: 0.2, happened: 0.3 },
      { count: 25, predicted: 0.8, happened: 0.7 },
    ],
    palette,
  );
  expect((series as { data: unknown[] }[])[1]?.data).toEqual([
    { value: [0.2, 0.3], symbolSize: 10 },
    { value: [0.8, 0.7], symbolSize: 7 },
  ]);
});
