import { createLogger } from '#observability';
import { ModelRepository, ShopRepository } from '#warehouse';
import { aManifest, openRegistryApp, type RegistryApp } from '#testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { giveModel } from './give-model.js';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelManifest } from '#contracts';

const log = createLogger('silent');
const token = 'token-of-engineer-x';
const fixtures = join(import.meta.dirname, '../../libs/scoring/fixtures');
let registry: RegistryApp;
beforeAll(async () => {
  registry = await openRegistryApp(['demo']);
});
afterAll(() => registry.close());

it('gives the shop the shipped model of its profile, once, and nothing where a person decided', async () => {
  const models = registry.app.get(ModelRepository);
  const demo = await registry.app.get(ShopRepository).find('demo');
  if (!demo) throw new Error('it is registered');
  await giveModel(registry.url, token, 'seed', log);
  expect(await models.log(demo, 'churn')).toEqual([]);

  const manifest = JSON.parse(await readFile(join(fixtures, 'churn.json'), 'utf8')) as ModelManifest;
  const file = await readFile(join(fixtures, 'churn.onnx'));
  const { version } = await models.add({ name: 'seed', manifest, file }, 'shipped');
  const other = Buffer.from('somebody else');
  await models.add({ name: 'seed', manifest: aManifest(other), file: other }, 'ada');
  await giveModel(registry.url, token, 'rich', log);
  expect(await models.log(demo, 'churn')).toEqual([]);
  await giveModel(registry.url, token, 'seed', log);
  await giveModel(registry.url, token, 'seed', log);
  expect(await models.log(demo, 'churn')).toMatchObject([{ version, by: 'engineer', move: 'promote' }]);

  await models.move(demo, 'withdraw', version, 'ada');
  await giveModel(registry.url, token, 'seed', log);
  expect((await models.rolesOf(demo, 'churn')).active).toBeUndefined();
});

it('goes on without: an API that is away or refuses stops no shop', async () => {
  await giveModel('http://127.0.0.1:9', token, 'seed', log);
  await giveModel(registry.url, 'wrong', 'seed', log);
});
