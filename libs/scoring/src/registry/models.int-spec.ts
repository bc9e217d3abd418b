import type { ModelAddedAnswer, ModelAnswer, ModelsAnswer, Role, ShopModelsAnswer } from '#contracts';
import { doorsOf } from '#http';
import type { Logger } from '#observability';
import { openRegistryApp, silent, type RegistryApp } from '#testing';
import { ModelRepository, ShopRepository } from '#warehouse';
import type { INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModelDirectory } from './model-directory.js';
import { ModelsService } from './models.service.js';
import { shippedBy, ShippedModels } from './shipped-models.js';

// Real engine, real onnxruntime, real HTTP.

const fixtures = join(import.meta.dirname, '../../fixtures');
let registry: RegistryApp;
let app: INestApplication;
let directory: string;
/** A manifest of a real file, by which other versions are made: another threshold is another version. */
let manifest: Record<string, unknown>;
let file: string;

beforeAll(async () => {
  registry = await openRegistryApp(['a-shop', 'demo', 'decided', 'empty', 'valued', 'both', 'half']);
  ({ app, directory } = registry);
  manifest = JSON.parse(await readFile(join(fixtures, 'churn.json'), 'utf8')) as Record<string, unknown>;
  file = (await readFile(join(fixtures, 'churn.onnx'))).toString('base64');
});
afterAll(() => registry.close());

async function ask<T>(method: string, path: string, as: Role, body?: object): Promise<{ status: number; answer: T }> {
  const response = await fetch(`${registry.url}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer token-of-${as}-x`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, answer: (response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T };
}

/** Adds a version of its own by REST. */
async function added(threshold: number, as: Role = 'engineer'): Promise<string> {
  const { status, answer } = await ask<ModelAddedAnswer>('POST', 'models', as, { manifest: { ...manifest, threshold }, file });
  expect(status).toBe(200);
  return answer.version;
}

describe('POST models', () => {
  it('adds a model that can be scored with, once, and shows it with manifest, card and figures', async () => {
    const card = { markdown: '# Card\n![ROC](roc.svg)', figures: { 'roc.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>' } };
    const body = { name: 'fixture', manifest, file, card };
    const first = await ask<ModelAddedAnswer>('POST', 'models', 'engineer', body);
    expect(first).toMatchObject({
      status: 200,
      answer: { added: true, addedBy: 'engineer', kind: 'churn', trainedOn: 'fixture', roles: [] },
    });
    const { version } = first.answer;
    expect(version).toMatch(/^churn-fixture-[0-9a-f]{8}$/);
    expect((await ask<ModelAddedAnswer>('POST', 'models', 'admin', body)).answer).toMatchObject({
      version,
      added: false,
      addedBy: 'engineer',
    });
    const shown = (await ask<ModelAnswer>('GET', `models/${version}`, 'viewer')).answer;
    expect(shown).toMatchObject({ version, card: card.markdown, figures: ['roc.svg'], bytes: Buffer.from(file, 'base64').length });
    expect(shown.manifest).toEqual(manifest);
    expect((await ask('GET', `models/${version}/figures/roc.svg`, 'viewer')).answer).toBe(card.figures['roc.svg']);
    expect((await ask('GET', `models/${version}/figures/lift.svg`, 'viewer')).status).toBe(404);
    expect((await ask<ModelsAnswer>('GET', 'models', 'viewer')).answer.models.map((each) => each.version)).toContain(version);
    // What comes out is what went in: the scorer can open it.
    const stored = await app.get(ModelRepository).read(version);
    expect(stored.file.toString('base64')).toBe(file);
  });

  const other = (change: object): object => ({ manifest: { ...manifest, ...change }, file });
  const features = (): { name: string }[] => manifest['features'] as { name: string }[];
  it.each<[string, () => object, number, string, RegExp]>([
    [
      'a file cut short',
      () => ({ manifest, file: Buffer.from(file, 'base64').subarray(0, -100).toString('base64') }),
      422,
      'model-file-differs',
      /cut short/,
    ],
    [
      'a feature list that lacks one',
      () => other({ features: features().slice(1) }),
      422,
      'features-differ',
      /number 1 is tenure, not recency/,
    ],
    [
      'a feature more',
      () => other({ features: [...features(), { ...features()[0], name: 'more' }] }),
      422,
      'features-differ',
      /36 of them, not 35/,
    ],
    ['features computed in another way', () => other({ featuresSha256: '0'.repeat(64) }), 422, 'feature-hash-differs', /another statement/],
    ['a manifest of nothing', () => ({ manifest: { kind: 'churn' }, file }), 422, 'model-invalid', /format/],
    ['another kind', () => other({ kind: 'weather' }), 422, 'model-invalid', /kind/],
    [
      'a file that is no model',
      () => {
        const text = Buffer.from('not a model');
        return { manifest: { ...manifest, sha256: createHash('sha256').update(text).digest('hex') }, file: text.toString('base64') };
      },
      422,
      'file-unreadable',
      /./,
    ],
  ])('refuses %s', async (_, body, status, code, words) => {
    const before = (await ask<ModelsAnswer>('GET', 'models', 'viewer')).answer.models.length;
    expect(await ask('POST', 'models', 'engineer', body())).toMatchObject({
      status,
      answer: { code, detail: expect.stringMatching(words) as string },
    });
    expect((await ask<ModelsAnswer>('GET', 'models', 'viewer')).answer.models.length).toBe(before);
  });

  it('refuses what is no body of a model, and what is too large', async () => {
    const refused = async (body: object): Promise<unknown> => (await ask('POST', 'models', 'engineer', body)).status;
    expect(await refused({ manifest, file: 'not base64!' })).toBe(400);
    expect(await refused({ manifest, file, name: 'Not A Name' })).toBe(400);
    expect(await refused({ manifest, file, more: 1 })).toBe(400);
    // Above the limit of a file, below that of a body.
    expect(await refused({ manifest, file: Buffer.alloc(17 * 1024 * 1024).toString('base64') })).toBe(400);
    expect(await refused({ manifest, file: Buffer.alloc(30 * 1024 * 1024).toString('base64') })).toBe(413);
  });
});

describe('predicted value', () => {
  const read = async (name: string): Promise<string> => (await readFile(join(fixtures, name))).toString('base64');
  /** What the trainer writes of kind clv; other words are another version. */
  async function bodyOf(words: string): Promise<{ manifest: Record<string, unknown>; file: string; offset: string }> {
    const its = JSON.parse(await readFile(join(fixtures, 'clv.json'), 'utf8')) as Record<string, unknown>;
    return { manifest: { ...its, words }, file: await read('clv.onnx'), offset: await read('clv-offset.onnx') };
  }

  it('is two files, published, moved and rolled back beside churn', async () => {
    const churn = await added(0.51);
    const path = 'shops/valued/models';
    await ask('POST', `${path}/promote`, 'engineer', { version: churn });
    const versions: string[] = [];
    for (const words of ['a projection: one', 'a projection: two']) {
      const { status, answer } = await ask<ModelAddedAnswer>('POST', 'models', 'engineer', await bodyOf(words));
      expect([status, answer]).toMatchObject([200, { added: true, kind: 'clv', level: words, auc: null, gini: null }]);
      versions.push(answer.version);
    }
    const [first = '', second = ''] = versions;
    expect(first).toMatch(/^clv-fixture-[0-9a-f]{8}$/);
    const body = await bodyOf('a projection: one');
    const stored = await app.get(ModelRepository).read(first);
    expect([stored.file.toString('base64'), stored.offset?.toString('base64')]).toEqual([body.file, body.offset]);
    for (const version of versions) await ask('POST', `${path}/promote`, 'engineer', { version });
    await ask('POST', `${path}/shadow`, 'engineer', { version: first });
    const kinds = (await ask<ShopModelsAnswer>('GET', path, 'viewer')).answer.kinds;
    expect(kinds).toMatchObject([
      { kind: 'churn', active: churn, shadow: null },
      { kind: 'clv', active: second, shadow: first, before: first, words: null },
    ]);
    const back = await ask<ShopModelsAnswer>('POST', `${path}/rollback`, 'engineer', { kind: 'clv' });
    expect(back.answer.kinds).toMatchObject([{ active: churn }, { active: first, shadow: null, before: null }]);
  });

  it('is refused without its offset, and with another one', async () => {
    const { offset, ...rest } = await bodyOf('a projection: three');
    expect(await ask('POST', 'models', 'engineer', rest)).toMatchObject({
      ...{ status: 422, answer: { code: 'model-file-differs', detail: expect.stringContaining('clv-offset.onnx, is missing') as string } },
    });
    const cut = Buffer.from(offset, 'base64').subarray(1).toString('base64');
    expect(await ask('POST', 'models', 'engineer', { ...rest, offset: cut })).toMatchObject({
      ...{ status: 422, answer: { code: 'model-file-differs', detail: expect.stringContaining('file of the offset') as string } },
    });
    expect(await ask('POST', 'models', 'engineer', { manifest, file, offset })).toMatchObject({
      ...{ status: 422, answer: { code: 'model-file-differs', detail: expect.stringContaining('it has no offset') as string } },
    });
  });
});

describe('models of a shop', () => {
  it('are moved by engineers, read by all; every move is kept with its name', async () => {
    const [a, b, c] = [await added(0.11), await added(0.12), await added(0.13)];
    const path = 'shops/a-shop/models';
    expect((await ask<ShopModelsAnswer>('GET', path, 'viewer')).answer.kinds[0]).toMatchObject({
      active: null,
      words: expect.stringContaining('npm run train -- --shop a-shop') as string,
    });
    await ask('POST', `${path}/promote`, 'engineer', { version: a });
    await ask('POST', `${path}/promote`, 'admin', { version: b });
    await ask('POST', `${path}/shadow`, 'engineer', { version: c });
    const listed = (await ask<ModelsAnswer>('GET', 'models', 'viewer')).answer.models;
    expect(listed.find((each) => each.version === b)?.roles).toEqual([{ shop: 'a-shop', role: 'active' }]);
    expect(listed.find((each) => each.version === c)?.roles).toEqual([{ shop: 'a-shop', role: 'shadow' }]);
    expect(await ask('POST', `${path}/shadow`, 'engineer', { version: b })).toMatchObject({
      status: 409,
      answer: { code: 'model-move-refused' },
    });
    expect((await ask<ShopModelsAnswer>('POST', `${path}/rollback`, 'admin', {})).answer.kinds[0]).toMatchObject({
      ...{ active: a, shadow: c, before: null, words: null },
      log: [
        { by: 'admin', move: 'rollback', role: 'active', version: a },
        { by: 'engineer', move: 'shadow', role: 'shadow', version: c },
        { by: 'admin', move: 'promote', role: 'active', version: b },
        { by: 'engineer', move: 'promote', role: 'active', version: a },
      ],
    });
    expect(await ask('POST', `${path}/rollback`, 'engineer', {})).toMatchObject({
      status: 409,
      answer: { detail: expect.stringContaining('nothing to roll back to') as string },
    });
    const withdrawn = await ask<ShopModelsAnswer>('POST', `${path}/withdraw`, 'engineer', { version: c });
    expect(withdrawn.answer.kinds[0]).toMatchObject({ active: a, shadow: null });
  });

  it('of an unknown shop, or versions that are unknown, are refused by what there is', async () => {
    const version = 'churn-nothing-00000000';
    expect(await ask('GET', 'shops/nowhere/models', 'viewer')).toMatchObject({ status: 404, answer: { code: 'shop-unknown' } });
    expect(await ask('POST', 'shops/a-shop/models/promote', 'engineer', { version })).toMatchObject({
      status: 404,
      answer: { code: 'model-unknown' },
    });
    expect((await ask('POST', 'shops/a-shop/models/promote', 'engineer', { version: 'x' })).status).toBe(400);
    expect((await ask('GET', `models/${version}`, 'viewer')).status).toBe(404);
  });

  it('every door says who may come in: to change one needs to be an engineer', async () => {
    const doors = doorsOf(app.get(ModulesContainer)).filter(({ name }) => name.includes('models'));
    expect(doors.map(({ name, access }) => [name, access]).toSorted()).toEqual([
      ['GET api/v1/models', 'viewer'],
      ['GET api/v1/models/:version', 'viewer'],
      ['GET api/v1/models/:version/figures/:name', 'viewer'],
      ['GET api/v1/shops/:shop/models', 'viewer'],
      ['GET api/v1/shops/:shop/models/scoreboard', 'viewer'],
      ['GET api/v1/shops/:shop/models/summary', 'viewer'],
      ['POST api/v1/models', 'engineer'],
      ...['promote', 'rollback', 'shadow', 'withdraw'].map((move) => [`POST api/v1/shops/:shop/models/${move}`, 'engineer']),
    ]);
    for (const path of ['models', 'shops/a-shop/models/promote', 'shops/a-shop/models/rollback'])
      expect((await ask('POST', path, 'marketer', {})).status).toBe(403);
  });
});

describe('shipped models', () => {
  /** A directory of one shipped model, of churn for `seed`. */
  async function shipped(threshold: number): Promise<ShippedModels> {
    const root = await mkdtemp(join(directory, 'shipped-'));
    await mkdir(join(root, 'seed'));
    await cp(join(fixtures, 'churn.onnx'), join(root, 'seed', 'churn.onnx'));
    await writeFile(join(root, 'seed', 'churn.json'), JSON.stringify({ ...manifest, threshold }));
    return new ShippedModels(app.get(ModelsService), app.get(ModelRepository), app.get(ShopRepository), silent as unknown as Logger, root);
  }
  const stateOf = async (shop: string) => (await ask<ShopModelsAnswer>('GET', `shops/${shop}/models`, 'viewer')).answer.kinds[0];

  it('are there after a start, once however often it starts, and active in the shop of their profile', async () => {
    const models = await shipped(0.21);
    for (let starts = 0; starts < 2; starts += 1) {
      await models.register();
      await models.activate('demo', 'seed');
    }
    const state = await stateOf('demo');
    expect(state).toMatchObject({ active: expect.stringMatching(/^churn-seed-/) as string, log: [{ by: shippedBy, move: 'promote' }] });
    await models.activate('empty', 'rich');
    expect((await stateOf('empty'))?.active).toBeNull();
    // The next release brings another one.
    await (await shipped(0.22)).activate('demo', 'seed');
    expect(await stateOf('demo')).toMatchObject({ before: state?.active });
  });

  it('never take the place of what a person decided', async () => {
    const version = await added(0.31);
    await ask('POST', 'shops/decided/models/promote', 'engineer', { version });
    await (await shipped(0.23)).activate('decided', 'seed');
    expect(await stateOf('decided')).toMatchObject({ active: version });
    // Nor come back after a person took them away.
    const models = await shipped(0.24);
    await models.activate('empty', 'seed');
    const active = (await stateOf('empty'))?.active;
    await ask('POST', 'shops/empty/models/withdraw', 'engineer', { version: active });
    await models.activate('empty', 'seed');
    expect((await stateOf('empty'))?.active).toBeNull();
  });

  it('of this repository can be scored with by this build, and are small', async () => {
    const models = app.get(ShippedModels);
    const versions = await models.register();
    expect(versions.map(({ kind, name }) => [kind, name])).toEqual([
      ['churn', 'seed'],
      ['clv', 'seed'],
    ]);
    const answers = await Promise.all(
      versions.map(async ({ version }) => (await ask<ModelAnswer>('GET', `models/${version}`, 'viewer')).answer),
    );
    expect(answers.map(({ figures }) => figures)).toEqual([
      ['calibration.svg', 'effects.svg', 'lift.svg', 'precision-recall.svg', 'roc.svg'],
      ['deciles.svg', 'gain.svg'],
    ]);
    for (const answer of answers) {
      // Trained on another world of the same law than the one that is on show.
      expect(answer).toMatchObject({ addedBy: shippedBy, trainedOn: 'seed-500-501', card: expect.stringMatching(/^# /) as string });
      for (const [, name] of answer.card?.matchAll(/\]\(([^)]+)\)/g) ?? []) expect(answer.figures).toContain(name);
      expect(answer.bytes).toBeLessThan(1_000_000);
    }
    await models.activate('both', 'seed');
    const { answer } = await ask<ShopModelsAnswer>('GET', 'shops/both/models', 'viewer');
    expect(answer.kinds.map(({ active }) => active)).toEqual(versions.map(({ version }) => version));
  });

  it('of a kind about which a person decided stay away, those of another kind do not', async () => {
    const version = await added(0.32);
    await ask('POST', 'shops/half/models/promote', 'engineer', { version });
    await app.get(ShippedModels).activate('half', 'seed');
    const { answer } = await ask<ShopModelsAnswer>('GET', 'shops/half/models', 'viewer');
    expect(answer.kinds.map(({ active }) => active)).toEqual([version, expect.stringMatching(/^clv-seed-/)]);
  });

  it('that this build cannot use are left out, the others are not', async () => {
    const root = await mkdtemp(join(directory, 'shipped-'));
    for (const folder of ['bad', 'cut', 'good']) await mkdir(join(root, folder));
    await writeFile(join(root, 'bad', 'churn.json'), '{');
    for (const folder of ['cut', 'good']) {
      await writeFile(join(root, folder, 'churn.json'), JSON.stringify({ ...manifest, threshold: 0.25 }));
      await writeFile(join(root, folder, 'churn.onnx'), Buffer.from(file, 'base64').subarray(folder === 'cut' ? 1 : 0));
    }
    const told: unknown[] = [];
    const log = { ...silent, error: (each: unknown) => told.push(each) } as unknown as Logger;
    const models = new ShippedModels(app.get(ModelsService), app.get(ModelRepository), app.get(ShopRepository), log, root);
    expect((await models.register()).map(({ name }) => name)).toEqual(['good']);
    expect(told).toMatchObject([{ folder: 'bad' }, { folder: 'cut' }]);
  });
});

describe('readModelDirectory', () => {
  it('takes what the trainer wrote, with its card and figures under plain names', async () => {
    const trained = await mkdtemp(join(directory, 'trained-'));
    await cp(join(fixtures, 'churn.onnx'), join(trained, 'churn.onnx'));
    await cp(join(fixtures, 'churn.json'), join(trained, 'churn.json'));
    expect(await readModelDirectory(trained)).not.toHaveProperty('card');
    await mkdir(join(trained, 'churn-figures'));
    await writeFile(join(trained, 'churn-figures', 'roc.svg'), '<svg/>');
    await writeFile(join(trained, 'churn.md'), '![ROC](churn-figures/roc.svg)');
    expect((await readModelDirectory(trained)).card).toEqual({ markdown: '![ROC](roc.svg)', figures: { 'roc.svg': '<svg/>' } });
    await rm(join(trained, 'churn.onnx'));
    await expect(readModelDirectory(trained)).rejects.toMatchObject({
      code: 'model-directory-unreadable',
      message: expect.stringMatching(/churn\.onnx: it cannot be read/) as string,
    });
  });
});
