import { features } from '#warehouse';
import { describe, expect, it } from 'vitest';
import { advance, advanceInto, dayMs, moving, placeOf } from './advance.js';

const width = features.length;
const mbg = { r: 0.8, alpha: 60, a: 0.5, b: 2 };
const asOf = Date.parse('2024-01-01T00:00:00Z');
const row = Float32Array.from({ length: width }, (_, place) => place + 1.5);

describe('a row in silence', () => {
  it('is itself while no time passes', () => {
    const odd = row.slice();
    odd[placeOf('gap_mean')] = NaN;
    expect(advance(odd, 0, asOf, mbg)).toEqual(odd);
  });

  it('moves by these features and no other', () => {
    const later = advance(row, 100, asOf, mbg);
    expect([...later].flatMap((value, place) => (value === row[place] ? [] : [place]))).toEqual([...moving].sort((a, b) => a - b));
    expect(moving.map((place) => features[place]?.name)).toEqual([
      ...['recency', 'tenure', 'recency_per_mean', 'recency_per_ewma', 'recency_per_max', 'recency_z'],
      ...[
        'orders_14',
        'orders_45',
        'orders_120',
        'orders_365',
        'money_120',
        'rate',
        'return_recency',
        'season_sin',
        'season_cos',
        'mbg_logit',
      ],
    ]);
  });

  it('can take its own place', () => {
    const rows = Float32Array.of(...row, ...row);
    advanceInto({ rows, row: 1, into: rows, place: 1 }, asOf, asOf + 31 * dayMs, mbg);
    expect(rows.slice(0, width)).toEqual(row);
    const apart = advance(row, 31, asOf, mbg);
    expect(rows.slice(width)).toEqual(apart);
    expect(apart[placeOf('rate')]).toBeCloseTo(((row[placeOf('rate')] ?? 0) * 3.5) / 34.5, 5);
  });

  it('drifts to certain silence', () => {
    const customer = row.slice();
    customer[placeOf('repeat_days')] = 3;
    customer[placeOf('recency')] = 1;
    customer[placeOf('tenure')] = 100;
    const logits = [0, 30, 300, 3_000, 30_000].map((days) => advance(customer, days, asOf, mbg)[placeOf('mbg_logit')] ?? NaN);
    expect(logits.slice(1)).toEqual([...logits.slice(1)].sort((a, b) => a - b));
    expect(logits.at(-1)).toBeGreaterThan(10);
  });
});
