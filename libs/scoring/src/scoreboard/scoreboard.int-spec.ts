import { modelsSummaryAnswer, scoreboardAnswer } from '#contracts';
import { openRegistryApp, type RegistryApp } from '#testing';
import { findShop, MarkRepository, ModelRepository, ShopRepository } from '#warehouse';
import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

// Scoreboard and summary over HTTP, with the registry.

const fixtures = join(import.meta.dirname, '../../fixtures');
let registry: RegistryApp;

beforeAll(async () => {
  registry = await openRegistryApp(['empty', 'used', 'valued']);
  const shops = registry.app.get(ShopRepository);
  for (const name of ['empty', 'used', 'valued']) await shops.prepare(await findShop(shops, name));
});
afterAll(() => registry.close());

async function get(path: string, role = 'viewer'): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${registry.url}/api/v1/shops/${path}`, { headers: { authorization: `Bearer token-of-${role}-x` } });
  return { status: response.status, body: await response.json() };
}

it('says of each of the three models why there is none', async () => {
  const { status, body } = await get('empty/models/summary');
  expect(status).toBe(200);
  const { models } = modelsSummaryAnswer.parse(body);
  expect(models.map(({ kind, version }) => [kind, version])).toEqual([
    ['churn', null],
    ['clv', null],
    ['demand', null],
  ]);
  expect(models[0]?.reason).toContain('has no active churn model');
  expect(models[1]?.reason).toContain('--kind clv');
  for (const { reason } of models) expect(reason).toBeTruthy();
  expect(scoreboardAnswer.parse((await get('empty/models/scoreboard')).body)).toMatchObject({ versions: [], asOf: null });
  expect((await get('nowhere/models/summary')).status).toBe(404);
  expect((await get('nowhere/models/scoreboard')).status).toBe(404);
});

it('shows of predicted value what its test showed, and says that a year is a projection', async () => {
  const read = async (name: string): Promise<string> => (await readFile(join(fixtures, name))).toString('base64');
  const manifest = JSON.parse(await readFile(join(fixtures, 'clv.json'), 'utf8')) as { words: string };
  const quality = { customers: 900, gini: 0.4, decile_error: 0.3, bias: 0.17, r2: -0.01, mae: 300, rmse: 900, mape: 2.5 };
  const populations = { all: { customers: 900, models: { boosted: quality, again: { ...quality, gini: 0.2 } } } };
  const metrics = { tests: [{ asOf: '2022-02-05T00:00:00Z', chosen: 'boosted', populations }] };
  const body = { manifest: { ...manifest, metrics }, file: await read('clv.onnx'), offset: await read('clv-offset.onnx') };
  const added = await fetch(`${registry.url}/api/v1/models`, {
    method: 'POST',
    headers: { authorization: 'Bearer token-of-engineer-x', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { version } = (await added.json()) as { version: string };
  const shop = await findShop(registry.app.get(ShopRepository), 'valued');
  await registry.app.get(ModelRepository).move(shop, 'promote', version, 'somebody');
  const clv = modelsSummaryAnswer.parse((await get('valued/models/summary')).body).models.find(({ kind }) => kind === 'clv');
  expect(clv).toMatchObject({ version, reason: null, level: manifest.words, matured: null, drift: null });
  expect(clv?.level).toContain('a projection');
  expect(clv?.tested).toMatchObject({
    customers: 900,
    measures: { gini: 0.4, bias: 0.17 },
    baselines: { again: { gini: 0.2 } },
    best: null,
  });
});

it('shows the measures of the active version beside baselines and the best possible, and what is known of its scores', async () => {
  const manifest = JSON.parse(await readFile(join(fixtures, 'churn.json'), 'utf8')) as Record<string, unknown>;
  const file = (await readFile(join(fixtures, 'churn.onnx'))).toString('base64');
  const quality = { customers: 900, auc: 0.7, log_loss: 0.53, brier: 0.18, ece: 0.014 };
  const populations = {
    all: { customers: 900, models: { blend: quality, 'rfm-logistic': { ...quality, auc: 0.68 } }, best: { auc: 0.71, log_loss: 0.52 } },
  };
  const tested = { ...manifest, metrics: { tests: [{ asOf: '2022-02-05T00:00:00Z', chosen: 'blend', populations }] } };
  const added = await fetch(`${registry.url}/api/v1/models`, {
    method: 'POST',
    headers: { authorization: 'Bearer token-of-engineer-x', 'content-type': 'application/json' },
    body: JSON.stringify({ manifest: tested, file }),
  });
  const { version } = (await added.json()) as { version: string };
  const shops = registry.app.get(ShopRepository);
  const shop = await findShop(shops, 'used');
  await registry.app.get(ModelRepository).move(shop, 'promote', version, 'somebody');
  const marks = new MarkRepository(registry.app.get<ClickHouse>(CLICKHOUSE));
  const reference = Date.parse('2022-06-01T00:00:00Z');
  await marks.write(shop, version, reference, [{ customerId: 'c1', probability: 0.5, recency: 3 }]);
  await marks.close(shop, { model: version, at: reference, clock: reference, customers: 1, body: '{}' });

  const churn = modelsSummaryAnswer.parse((await get('used/models/summary')).body).models[0];
  expect(churn).toMatchObject({ kind: 'churn', version, reason: null, model: 'blend', trainedOn: 'fixture', matured: null, drift: null });
  expect(churn?.tested).toMatchObject({
    customers: 900,
    measures: { auc: 0.7, log_loss: 0.53, ece: 0.014 },
    baselines: { 'rfm-logistic': { auc: 0.68 } },
    best: { auc: 0.71, log_loss: 0.52 },
  });
  // No clock yet: nothing can have happened.
  expect(churn?.maturedWords).toBe('Not yet known: first labels mature on 2022-08-30.');
  const board = scoreboardAnswer.parse((await get('used/models/scoreboard')).body);
  expect(board.versions[0]?.months).toEqual([
    expect.objectContaining({ reference: '2022-06-01T00:00:00.000Z', customers: 1, mature: false }),
  ]);
});
