import { features } from '#warehouse';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeOf } from './advance.js';
import { fixture, valueFixture, type ValueFixture } from './fixture.testing.js';
import type { EngineValueManifest } from './manifest.js';
import { openValueModel, type ValueModel } from './value-model.js';

const width = features.length;
let made: ValueFixture;
let model: ValueModel;
beforeAll(async () => {
  made = await valueFixture();
  model = await openValueModel(made);
});
afterAll(() => model.close());

const sha256 = (file: Uint8Array): string => createHash('sha256').update(file).digest('hex');

describe('a model of predicted value', () => {
  it('says what the trainer said, to a share of 1e-5, where features are undefined too', async () => {
    const { value, contrib, refused } = await model.values(made.rows, made.count);
    expect(refused).toEqual([]);
    expect(made.rows.filter(Number.isNaN).length).toBeGreaterThan(500);
    const apart = value.map((each, row) => Math.abs(each / (made.value[row] ?? NaN) - 1));
    expect(Math.max(...apart)).toBeLessThanOrEqual(1e-5);
    expect(Math.max(...contrib.map((each, at) => Math.abs(each - (made.contrib[at] ?? NaN))))).toBeLessThanOrEqual(1e-5);
    // The trees have a say, and so has the offset: without either the values would be others.
    expect(new Set(made.offsets).size).toBeGreaterThan(50);
    expect(contrib.filter((each) => Math.abs(each) > 0.01).length).toBeGreaterThan(made.count);
  });

  it('is offset, base and contributions, in logarithms', async () => {
    const { value, contrib } = await model.values(made.rows, made.count);
    for (let row = 0; row < made.count; row += 1) {
      const sum = contrib.subarray(row * width, (row + 1) * width).reduce((all, each) => all + each, 0);
      const logarithm = (made.offsets[row] ?? NaN) + made.manifest.base + sum;
      expect(Math.abs(Math.log(value[row] ?? NaN) - logarithm)).toBeLessThanOrEqual(1e-5);
    }
  });

  it('says the same bits of a row in any company, and refuses what no customer can have', async () => {
    const all = await model.values(made.rows, made.count);
    for (const row of [0, 1, 57, made.count - 1]) {
      const alone = await model.values(made.rows.slice(row * width, (row + 1) * width), 1);
      expect(alone.value[0]).toBe(all.value[row]);
    }
    const rows = made.rows.slice();
    rows[3 * width + placeOf('money_total')] = Infinity;
    const { value, refused } = await model.values(rows, made.count);
    expect(refused).toEqual([{ row: 3, feature: 'money_total', value: Infinity }]);
    expect(value[3]).toBeNaN();
    expect(value[4]).toBe(all.value[4]);
  });
});

describe('a model of predicted value is not opened', () => {
  type Change = Partial<{ manifest: EngineValueManifest; file: Buffer; offset: Buffer | undefined }>;
  it.each<[string, string, RegExp, (made: ValueFixture) => Change]>([
    ['of another kind', 'kind-unknown', /kind churn/, ({ manifest }) => ({ manifest: { ...manifest, kind: 'churn' } })],
    ['without its offset', 'file-differs', /offset is missing/, () => ({ offset: undefined })],
    ['whose offset was cut short', 'file-differs', /cut short/, ({ offset }) => ({ offset: offset.subarray(0, 4_000) })],
    [
      'whose offset has other ends',
      'outputs-differ',
      /The file of the offset goes from .* to .*contrib/,
      // The model itself in its place, under the right hash.
      ({ manifest, file }) => ({ offset: file, manifest: { ...manifest, offset: { ...manifest.offset, sha256: sha256(file) } } }),
    ],
    [
      'whose manifest has another offset in mind',
      'outputs-differ',
      /outputs money/,
      ({ manifest }) => ({ manifest: { ...manifest, offset: { ...manifest.offset, outputs: ['money'] } } }),
    ],
    [
      'whose base is another than its graph adds',
      'outputs-differ',
      /where the graph gives/,
      ({ manifest }) => ({ manifest: { ...manifest, base: manifest.base + 0.1 } }),
    ],
  ])('%s', async (_, code, words, change) => {
    const opening = openValueModel({ ...made, ...change(made) });
    await expect(opening).rejects.toMatchObject({ code, message: expect.stringMatching(words) as string });
  });

  it('from the files of churn', async () => {
    const churn = await fixture();
    const { offset } = made.manifest;
    await expect(openValueModel({ manifest: { ...churn.manifest, offset }, file: churn.file, offset: made.offset })).rejects.toMatchObject({
      code: 'kind-unknown',
    });
  });
});
