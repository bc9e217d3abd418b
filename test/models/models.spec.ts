import { modelKinds } from '#contracts';
import { profileOf } from '#simulation';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked } from './asked.js';
import { ofReference } from './bars.js';
import { keep } from './evidence.js';
import { shaped, shapes, type Shape } from './shapes.js';
import { folderOf, shipped } from './shipped.js';
import { simulatedShop, withOwnIds } from './shops.js';

const plain: Shape = { name: 'x', profile: 'seed', seeds: [1], customers: 10, stretch: 1, fromDay: 0, bare: false };
const row = (order_id: string, ordered_at: string, customer_id: string) => ({
  ...{ order_id, ordered_at, customer_id, product_id: 'P1', quantity: '2', unit_price: '3.50', discount: '' },
});
const rows = [
  row('1', '2024-12-30 10:00:00', 'a'),
  row('1', '2024-12-30 10:00:00', 'a'),
  row('2', '2025-01-05 12:00:00', 'b'),
  row('3', '2025-12-31 00:00:00', 'a'),
];

describe('shops of other shapes', () => {
  it('keeps rows as they are where nothing is asked', () => {
    expect(shaped(rows, plain)).toEqual([
      'no,time,who,product,quantity,price,discount',
      '1,2024-12-30 10:00:00,a,P1,2,3.50,',
      '1,2024-12-30 10:00:00,a,P1,2,3.50,',
      '2,2025-01-05 12:00:00,b,P1,2,3.50,',
      '3,2025-12-31 00:00:00,a,P1,2,3.50,',
    ]);
  });

  it('knows one row per order with its date, and nothing before the first day', () => {
    expect(shaped(rows, { ...plain, bare: true, fromDay: 366 })).toEqual(['no,date,who', '2,2025-01-05,b', '3,2025-12-31,a']);
  });

  it('stretches into the past: the last day stays', () => {
    // 2025-12-31 is a day before the end of the history; five days, then.
    expect(shaped(rows, { ...plain, stretch: 5 }).at(-1)).toBe('3,2025-12-27 00:00:00,a,P1,2,3.50,');
    expect(shaped(rows, { ...plain, stretch: 5 })[1]).toMatch(/^1,2020-12-/);
  });

  it('keeps customers whole', () => {
    const kept = shaped(rows, { ...plain, customers: 1 })
      .slice(1)
      .map((line) => line.split(',')[2]);
    expect(new Set(kept).size).toBe(1);
    expect([1, 3]).toContain(kept.length);
  });
});

describe('what is asked', () => {
  it('is everything with its seeds, unless said otherwise', () => {
    expect(asked([])).toMatchObject({
      profiles: ['seed', 'rich'],
      seeds: [201, 202, 203],
      reference: true,
      kinds: ['churn', 'clv', 'demand'],
      shapes: [],
    });
    expect(asked(['--shapes', 'small'])).toMatchObject({ profiles: [], reference: false });
    expect(asked(['--shapes', 'small']).shapes).toHaveLength(shapes.length - 1);
    expect(asked(['--profile', 'rich', '--seeds', '7', '--no-reference', '--kind', 'churn'])).toMatchObject({
      ...{ profiles: ['rich'], seeds: [7], reference: false, kinds: ['churn'] },
    });
  });

  it('says what there is', () => {
    expect(() => asked(['--profile', 'poor'])).toThrow('--profile takes seed, rich or all, not poor.');
    expect(() => asked(['--seeds', '1,x'])).toThrow('--seeds takes whole numbers with commas, not x.');
    expect(() => asked(['--shapes', 'round'])).toThrow('--shapes takes small or thousand');
  });
});

it('holds the real year to its bars, and does not pass without a figure', () => {
  const figure = (measure: string, value: number) => ({ measure, value, unit: '', bar: null, ok: true });
  const figures = [figure('churn: AUC', 0.7391), figure('churn: AUC minus that of rfm-logistic', 0.002), figure('churn: log loss', 0.59)];
  expect(ofReference(figures, 'churn').map(({ ok }) => ok)).toEqual([false, true, true]);
  expect(ofReference([], 'clv')).toEqual([]);
  expect(() => ofReference(figures.slice(1), 'churn')).toThrow('no figure "churn: AUC"');
});

describe('the evidence of models', () => {
  type Kept = Record<string, Record<string, { date: string; met: boolean; measures: { measure: string; value: number }[] }>>;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tideline-evidence-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is kept by shop and kind over several runs, each with its date, and nothing of a kind that was measured anew', async () => {
    const path = join(folder, 'evidence', 'models.json');
    const measure = (kind: string, name: string, value: number, ok = true) => ({ kind, measure: name, value, unit: 'AUC', bar: null, ok });
    const kept = async (): Promise<Kept> => (JSON.parse(await readFile(path, 'utf8')) as { shops: Kept }).shops;
    await keep(path, [
      measure('churn', 'rich-1: churn: AUC', 0.8),
      measure('churn', 'rich-1: AUC at the newest cut-off', 0.7),
      measure('churn', 'seed-1: churn: AUC', 0.7),
      measure('clv', 'rich-1: clv: Gini', 0.4),
    ]);
    const before = await kept();
    await sleep(2);
    await keep(path, [measure('churn', 'rich-1: churn: AUC', 0.6, false)]);
    const after = await kept();
    expect(after).toEqual({ ...before, 'rich-1': { clv: before['rich-1']?.['clv'], churn: after['rich-1']?.['churn'] } });
    expect(Object.keys(after)).toEqual(['rich-1', 'seed-1']);
    const churn = after['rich-1']?.['churn'];
    expect(churn).toMatchObject({ met: false, measures: [{ measure: 'churn: AUC', value: 0.6 }] });
    expect(churn?.measures).toHaveLength(1);
    expect(churn?.date).not.toBe(before['rich-1']?.['churn']?.date);
  });

  it('that ships has a date for each kind, and no measure twice', async () => {
    const { shops } = JSON.parse(await readFile('docs/evidence/models.json', 'utf8')) as { shops: Kept };
    for (const [shop, kinds] of Object.entries(shops))
      for (const [kind, { date, measures }] of Object.entries(kinds)) {
        expect(new Set(measures.map(({ measure }) => measure)).size, `${shop}, ${kind}`).toBe(measures.length);
        expect(Date.parse(date), `${shop}, ${kind}`).toBeGreaterThan(0);
      }
  });
});

describe('models that ship', () => {
  it('are those that train:shipped makes', async () => {
    expect((await readdir('config/models')).map((name) => `config/models/${name}`).sort()).toEqual(shipped.map(folderOf).sort());
  });

  it.each(shipped)('$profile were trained on its worlds, and none of them is the demo', async (model) => {
    for (const kind of modelKinds) {
      const { shop } = JSON.parse(await readFile(join(folderOf(model), `${kind}.json`), 'utf8')) as { shop: string };
      expect(shop).toBe(simulatedShop(model.profile, ...model.seeds).name);
    }
    expect(model.seeds.length).toBeGreaterThan(0);
    expect(model.seeds).not.toContain(profileOf(model.profile).defaultSeed);
  });

  it('tell the customers of one world from those of another, and keep who is nobody', () => {
    expect(withOwnIds({ order_id: 'O1', customer_id: '', line: '1' }, 7)).toEqual({ order_id: '7-O1', customer_id: '', line: '1' });
  });
});
