import type { OutcomeCell, Shop } from '#warehouse';
import { describe, expect, it } from 'vitest';
import { calibrationOf } from './calibration.js';
import { figuresOf } from './figures.js';
import { basisOf, knownUntil, monthStarts, overlapOf } from './months.js';
import { BinCounts, ColumnSample, distributionOf, profileOf } from './profile.js';
import { binOf, driftStateOf, psi } from './psi.js';

const day = 86_400_000;
const at = (text: string): number => Date.parse(text);

function cell(change: Partial<OutcomeCell>): OutcomeCell {
  const none = {
    reference: 0,
    band: 'low',
    tenth: 0,
    customers: 0,
    gone: 0,
    predicted: 0,
    variance: 0,
    brier: 0,
    logLoss: 0,
    goneRanks: 0,
  };
  return { ...none, ...change };
}

describe('the population stability index', () => {
  it('is that of an example worked out by hand', () => {
    // (.2-.1) ln 2 + (.3-.2) ln 1.5 + (.5-.7) ln (5/7) = .0693147 + .0405465 + .0672944
    expect(psi([0.1, 0.2, 0.7], [2, 3, 5])).toBeCloseTo(0.1771556, 6);
    expect(psi([0.1, 0.2, 0.7], [10, 20, 70])).toBeCloseTo(0, 12);
    // Nobody where a tenth was: (.0001-.1) ln(.001) + (1-.9) ln(1/.9) = .6901 + .0105
    expect(psi([0.1, 0.9], [0, 8])).toBeCloseTo(0.6901 + 0.010536, 4);
    expect(psi([0.1, 0.9], [0, 0])).toBe(0);
  });

  it('is said in words, and the season is none', () => {
    expect([0, 0.0999, 0.1, 0.25, 0.2501].map((value) => driftStateOf(value))).toEqual([
      'stable',
      'stable',
      'moved',
      'moved',
      'moved-much',
    ]);
    expect(driftStateOf(9, 'season')).toBe('calendar');
  });

  it('puts a value on an edge below it', () => {
    expect([-1, 0, 0.5, 1, 2, 3].map((value) => binOf([0, 1, 2], value))).toEqual([0, 0, 1, 1, 2, 3]);
  });
});

describe('how columns lie', () => {
  it('is tenths, each value one edge, and what is missing apart', () => {
    const values = Float32Array.from([...Array.from({ length: 20 }, (_, index) => index + 1), NaN, NaN, NaN, NaN, NaN]);
    expect(distributionOf(values)).toEqual({ edges: [2, 4, 6, 8, 10, 12, 14, 16, 18], shares: Array(10).fill(2 / 25), missing: 0.2 });
    const flat = distributionOf(Float32Array.from([0, 0, 0, 0, 0, 0, 0, 0, 5, 7]));
    expect(flat).toEqual({ edges: [0, 5], shares: [0.8, 0.1, 0.1], missing: 0 });
    expect(distributionOf(new Float32Array(0))).toEqual({ edges: [], shares: [0], missing: 0 });
  });

  it('of the very rows it was made of has moved nowhere', async () => {
    const sample = new ColumnSample(3);
    const rows = Array.from({ length: 500 }, (_, index) => Float32Array.from([index % 7, index % 5 === 0 ? NaN : index, index / 500]));
    for (const row of rows) sample.add(row);
    const reference = await profileOf(['a', 'b'], sample);
    expect(reference.rows).toBe(500);
    const counts = new BinCounts(['a', 'b'], reference);
    for (const row of rows) counts.add(row);
    for (const [counted, { shares, missing }] of [
      [counts.of('a'), reference.features['a'] ?? { shares: [], missing: 0 }],
      [counts.of('b'), reference.features['b'] ?? { shares: [], missing: 0 }],
      [counts.score, reference.score],
    ] as const) {
      expect(psi([...shares, missing], counted)).toBeCloseTo(0, 12);
    }
  });

  it('thins evenly what is more than enough', () => {
    const sample = new ColumnSample(1);
    for (let index = 0; index < 100_000; index += 1) sample.add(Float32Array.of(index));
    const column = sample.column(0);
    expect(sample.seen).toBe(100_000);
    expect(column.length).toBeGreaterThanOrEqual(20_000);
    expect(column.length).toBeLessThan(40_000);
    expect(distributionOf(column).edges.map((edge) => Math.round(edge / 1_000))).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });
});

describe('months', () => {
  it('begin in the zone of the shop', () => {
    expect(monthStarts('Europe/London', at('2026-04-15T00:00:00Z'), 3).map((start) => new Date(start).toISOString())).toEqual([
      '2026-03-31T23:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
      '2026-02-01T00:00:00.000Z',
    ]);
    // On the very instant the month has begun.
    expect(monthStarts('UTC', at('2026-05-01T00:00:00Z'), 1)).toEqual([at('2026-05-01T00:00:00Z')]);
    expect(monthStarts('UTC', at('2026-04-30T23:59:59.999Z'), 1)).toEqual([at('2026-04-01T00:00:00Z')]);
  });

  it('are known up to the clock; on the wall’s a minute before it, in an import once neither level moves', async () => {
    const [clock, now] = [new Date('2026-05-01T00:00:00Z'), Date.now()];
    const of = (clockMode: 'wall' | 'source' | 'data', settled: number, live = settled): Promise<number | undefined> => {
      const levels = { settled, live, checkpoint: live };
      const read = (_shop: Shop, level: keyof typeof levels = 'settled') =>
        Promise.resolve({ generation: 1n, clock, positions: [], committedAt: new Date(now - levels[level]) });
      return knownUntil({ read }, { clockMode } as Shop, now);
    };
    expect([await of('source', 0), await of('wall', 0)]).toEqual([clock.getTime(), clock.getTime() - 60_000]);
    expect([await of('data', 14_999), await of('data', 15_000), await of('data', 99_000, 14_999)]).toEqual([
      ...[undefined, clock.getTime(), undefined],
    ]);
    expect(await knownUntil({ read: () => Promise.resolve(undefined) }, { clockMode: 'source' } as Shop, now)).toBeUndefined();
  });

  it('before the end of the training are history; what was computed late, or in an import, is not live', () => {
    const trainedAsOf = at('2026-01-15T00:00:00Z');
    const of = (reference: string, clock: string, muted = false): string =>
      basisOf({ reference: at(reference), clock: at(clock), trainedAsOf }, muted);
    expect(of('2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z')).toBe('history');
    expect(of('2026-01-15T00:00:00Z', '2026-01-15T00:01:00Z')).toBe('live');
    expect(of('2026-02-01T00:00:00Z', '2026-02-03T00:00:00Z')).toBe('live');
    expect(of('2026-02-01T00:00:00Z', '2026-02-03T00:00:01Z')).toBe('afterwards');
    expect(of('2026-02-01T00:00:00Z', '2026-02-01T00:01:00Z', true)).toBe('afterwards');
  });

  it('overlap as far as their windows do', () => {
    const months = ['2026-02-01', '2026-03-01', '2026-04-01', '2026-05-01', '2026-06-01'].map((month) => at(`${month}T00:00:00Z`));
    // 1 February + 90 days is 2 May.
    expect(overlapOf(months, 90)).toBe(4);
    expect(overlapOf(months, 28)).toBe(1);
    expect(overlapOf([], 90)).toBe(1);
  });
});

describe('figures of some cells', () => {
  it('follow from their sums', () => {
    // Four customers: .2 came, .4 gone, .6 came, .9 gone; ranks of the gone 2 and 4 of 4.
    const cells = [
      cell({ customers: 1, predicted: 0.2, brier: 0.04, logLoss: 0.2231 }),
      cell({ tenth: 1, band: 'medium', customers: 1, gone: 1, predicted: 0.4, brier: 0.36, logLoss: 0.9163, goneRanks: 2 }),
      cell({ tenth: 2, band: 'medium', customers: 1, predicted: 0.6, brier: 0.36, logLoss: 0.9163 }),
      cell({ tenth: 3, band: 'high', customers: 1, gone: 1, predicted: 0.9, brier: 0.01, logLoss: 0.1054, goneRanks: 4 }),
    ];
    const figures = figuresOf('all', cells, 1);
    // Pairs (gone, came): .4 > .2, .4 < .6, .9 > both: 3 of 4.
    expect(figures.auc).toBe(0.75);
    expect(figures.customers).toBe(4);
    expect(figures.observed).toBe(0.5);
    expect(figures.predicted).toBeCloseTo(0.525, 12);
    expect(figures.brier).toBeCloseTo(0.1925, 12);
    expect(figures.ece).toBeCloseTo((0.2 + 0.6 + 0.6 + 0.1) / 4, 12);
    expect(figures.bands.map(({ band, customers, observed }) => [band, customers, observed])).toEqual([
      ['low', 1, 0],
      ['medium', 2, 0.5],
      ['high', 1, 1],
    ]);
    expect(figures.deciles).toHaveLength(4);
    // Overlapping windows widen it: as if there were half as many.
    const [narrow, wide] = [figures, figuresOf('all', cells, 2)];
    expect((wide.high ?? 0) - (wide.low ?? 0)).toBeGreaterThan((narrow.high ?? 0) - (narrow.low ?? 0));
  });

  it('are null where nothing can be measured', () => {
    expect(figuresOf('all', [], 1)).toMatchObject({ customers: 0, predicted: null, observed: null, auc: null, ece: null, logLoss: null });
    expect(figuresOf('all', [cell({ customers: 3, gone: 3, predicted: 2, goneRanks: 6 })], 1).auc).toBeNull();
  });
});

describe('whether calibration left its band', () => {
  const [first, far] = [0, 120 * day];
  const of = (customers: number, predicted: number, observed: number, references = [first]) =>
    calibrationOf(
      references.map((reference) =>
        cell({
          reference,
          ...{ customers: customers / references.length, gone: (customers * observed) / references.length },
          ...{
            predicted: (customers * predicted) / references.length,
            variance: (customers * predicted * (1 - predicted)) / references.length,
          },
        }),
      ),
      references,
      90,
    );

  it('takes more than .05 and more than chance: neither alone raises it', () => {
    // Standard error at n 1000, p .6: .0155.
    expect(of(1_000, 0.6, 0.66)?.alarm).toBe(true);
    expect(of(1_000, 0.6, 0.54)?.alarm).toBe(true);
    expect(of(1_000, 0.6, 0.54)?.words).toContain('6.0 % too high');
    expect(of(100_000, 0.6, 0.649)?.alarm).toBe(false);
    expect(of(100_000, 0.6, 0.652)?.alarm).toBe(true);
    // 100 customers: error .049, six points are 1.2 of it.
    expect(of(100, 0.6, 0.66)?.alarm).toBe(false);
    expect(of(100, 0.6, 0.66)?.words).toContain('not beyond three standard errors');
    expect(of(1_000, 0.6, 0.66)?.z).toBeCloseTo(60 / Math.sqrt(1_000 * 0.24), 9);
  });

  it('counts windows that lie over one another once', () => {
    const [apart, over] = [of(900, 0.6, 0.67, [first, far, 2 * far]), of(900, 0.6, 0.67, [first, 30 * day, 60 * day])];
    expect(apart?.alarm).toBe(true);
    expect(over?.z).toBeCloseTo((apart?.z ?? 0) / Math.sqrt(3), 9);
    expect(over?.alarm).toBe(false);
  });

  it('judges the newest half year, and nothing where nothing is known', () => {
    const months = Array.from({ length: 8 }, (_, month) => month * far);
    const cells = months.map((reference, month) =>
      cell({ reference, customers: 100, gone: month < 2 ? 100 : 50, predicted: 50, variance: 25 }),
    );
    expect(calibrationOf(cells, months, 90)).toMatchObject({ months: 6, customers: 600, observed: 0.5, alarm: false });
    expect(calibrationOf([], months, 90)).toBeNull();
    expect(calibrationOf([], [], 90)).toBeNull();
  });
});
