import { openRegistryApp, type RegistryApp } from '#testing';
import { findShop, ShopRepository } from '#warehouse';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { modelCommand } from './model.command.js';
import { said } from './said.testing.js';

// The command line against the real registry.

const fixtures = join(import.meta.dirname, '../../libs/scoring/fixtures');
let registry: RegistryApp;

beforeAll(async () => {
  registry = await openRegistryApp(['a-shop', 'new', 'other', 'empty', 'summed']);
});
afterAll(() => registry.close());
beforeEach(() => void vi.stubEnv('TIDELINE_SECRET', 'token-of-engineer-x'));
afterEach(() => void vi.unstubAllEnvs());

const run = (words: string, url = registry.url): Promise<string> => said(modelCommand(), words, url);

/** What the trainer writes; another threshold is another version. */
async function trained(threshold: number, change: object = {}): Promise<string> {
  const directory = await mkdtemp(join(registry.directory, 'trained-'));
  const manifest = JSON.parse(await readFile(join(fixtures, 'churn.json'), 'utf8')) as object;
  await cp(join(fixtures, 'churn.onnx'), join(directory, 'churn.onnx'));
  await writeFile(join(directory, 'churn.json'), JSON.stringify({ ...manifest, threshold, ...change }));
  await writeFile(join(directory, 'churn.md'), '# Churn of fixture\n');
  return directory;
}

/** Adds one and gives its version. */
async function added(threshold: number): Promise<string> {
  const { version } = JSON.parse(await run(`add ${await trained(threshold)} --json`)) as { version: string };
  return version;
}

it('adds, lists and shows versions', async () => {
  expect(await run('list')).toBe('There is none yet. Train one: npm run train -- --shop SHOP');
  const directory = await trained(0.1);
  const [, version] = /^(churn-mine-[0-9a-f]{8}) is added\.$/.exec(await run(`add ${directory} --name mine`)) ?? [];
  expect(await run(`add ${directory} --name mine`)).toBe(`${version} is there already.`);
  expect(await run('list')).toMatch(new RegExp(`^${version} +blend +AUC -, log loss -, ECE -  trained on fixture to 2022-05-06$`));
  expect(await run(`show ${version}`)).toMatch(/features +35, by the statement/);
  expect(await run(`show ${version} --card`)).toBe('# Churn of fixture');
  expect(JSON.parse(await run(`show ${version} --json`))).toMatchObject({ version, manifest: { threshold: 0.1 } });
});

it('moves them, shows the log, and goes back', async () => {
  const [a, b] = [await added(0.2), await added(0.3)];
  expect(await run('list --shop a-shop')).toMatch(
    /^a-shop: churn none\n {2}a-shop has no active churn model, .* npm run train -- --shop a-shop/,
  );
  await run(`promote ${a} --shop a-shop`);
  expect(await run(`promote ${b} --shop a-shop`)).toBe(`a-shop: churn ${b}, before it ${a}`);
  expect(await run(`shadow ${a} --shop a-shop`)).toBe(`a-shop: churn ${b}, shadow ${a}, before it ${a}`);
  expect(await run('rollback --shop a-shop')).toBe(`a-shop: churn ${a}`);
  const [, ...log] = (await run('list --shop a-shop')).split('\n');
  expect(log.splice(4)).toEqual(['a-shop: clv none', expect.stringContaining('has no active clv model, so no value is predicted')]);
  expect(log.map((line) => line.trim().split(/ +/).slice(1).join(' '))).toEqual([
    `rollback ${a} by engineer`,
    `shadow ${a} by engineer`,
    `promote ${b} by engineer`,
    `promote ${a} by engineer`,
  ]);
  await expect(run('rollback --shop a-shop')).rejects.toThrow(/nothing to roll back to/);
  await expect(run('promote nonsense --shop a-shop')).rejects.toThrow(/must be a version such as churn-seed-1a2b3c4d/);
  await expect(run(`promote ${b} --shop nowhere`)).rejects.toThrow(/There is no shop nowhere/);
});

it('publishes as a shadow, active only where nothing is, and again changes nothing', async () => {
  const [first, second] = [await trained(0.4), await trained(0.5)];
  const [, active] = /^(\S+) is ACTIVE in new: it had no active model/.exec(await run(`publish ${first} --shop new`)) ?? [];
  expect(await run(`publish ${first} --shop new`)).toBe(`${active} is active in new already.`);
  const [, shadow] = /^(\S+) is added and a shadow in new, beside/.exec(await run(`publish ${second} --shop new`)) ?? [];
  expect(await run(`publish ${second} --shop new`)).toBe(`${shadow} is a shadow in new already.`);
  expect(await run('list --shop new')).toMatch(new RegExp(`^new: churn ${active}, shadow ${shadow}\n`));
  // The same file for another shop is the same version.
  expect(await run(`publish ${second} --shop other`)).toContain(`${shadow} is ACTIVE in other`);
});

it('publishes predicted value as a kind of its own, and rolls it back', async () => {
  const directory = await mkdtemp(join(registry.directory, 'trained-'));
  for (const name of ['clv.json', 'clv.onnx', 'clv-offset.onnx']) await cp(join(fixtures, name), join(directory, name));
  const [, active] = /^(clv-fixture-[0-9a-f]{8}) is ACTIVE in new/.exec(await run(`publish ${directory} --shop new --kind clv`)) ?? [];
  expect(await run('list')).toContain(`${active}             boosted      Gini -, decile error -, bias -  trained on fixture`);
  expect(await run(`show ${active}`)).toMatch(/level +a projection: learnt from windows of/);
  await expect(run('rollback --shop new --kind clv')).rejects.toThrow(/Before clv-fixture-\S+ no clv model was active/);
  await expect(run(`publish ${directory} --shop new --kind rain`)).rejects.toThrow(/churn or clv/);
});

it('says of a shop without marks why there is no scoreboard', async () => {
  const shops = registry.app.get(ShopRepository);
  await shops.prepare(await findShop(shops, 'empty'));
  expect(await run('scoreboard --shop empty')).toBe(
    'empty has no active churn model, so nothing was predicted. Train one: npm run train -- --shop empty',
  );
  expect(JSON.parse(await run('scoreboard --shop empty --json'))).toMatchObject({ shop: 'empty', asOf: null, versions: [] });
  await expect(run('scoreboard --shop nowhere')).rejects.toThrow(/There is no shop nowhere/);
});

it('sums up each kind of model, with why there is none', async () => {
  const shops = registry.app.get(ShopRepository);
  await shops.prepare(await findShop(shops, 'summed'));
  expect((await run('summary --shop summed')).split('\n')).toEqual([
    'summed, as of no time yet',
    expect.stringMatching(/^churn: none\. summed has no active churn model, so no customer is scored\. Train one: npm run train/),
    expect.stringMatching(/^clv: none\. summed has no active clv model, .* --kind clv/),
    expect.stringMatching(/^demand: none\. The registry keeps no models of demand\./),
  ]);
  const quality = { customers: 900, auc: 0.7, log_loss: 0.53, brier: 0.18, ece: 0.014 };
  const models = { blend: quality, 'rfm-logistic': { ...quality, auc: 0.68 } };
  const populations = { all: { customers: 1_900, models, best: { auc: 0.71, log_loss: 0.52 } } };
  const directory = await trained(0.7, { metrics: { tests: [{ asOf: '2022-02-05T00:00:00Z', chosen: 'blend', populations }] } });
  const [, version] = /^(\S+) is ACTIVE/.exec(await run(`publish ${directory} --shop summed`)) ?? [];
  expect((await run('summary --shop summed')).split('\n').slice(1, -2)).toEqual([
    `churn: ${version}, blend, trained on fixture to 2022-05-06`,
    expect.stringMatching(/^ {2}level: /),
    '  tested on 1,900 customers at 2022-02-05',
    '    it               auc 0.700, log_loss 0.530, brier 0.180, ece 0.014',
    '    rfm-logistic     auc 0.680, log_loss 0.530, brier 0.180, ece 0.014',
    '    best possible    auc 0.710, log_loss 0.520',
    expect.stringMatching(/^ {2}\S/),
  ]);
  expect(JSON.parse(await run('summary --shop summed --json'))).toMatchObject({ shop: 'summed', models: [{ version }, {}, {}] });
  await expect(run('summary --shop nowhere')).rejects.toThrow(/There is no shop nowhere/);
});

it('without an instance says how to publish later', async () => {
  const nobody = 'http://127.0.0.1:9';
  expect(await run('publish DIR --shop new --if-running', nobody)).toContain('npm run -s cli -- model publish DIR --shop new');
  await expect(run('publish DIR --shop new', nobody)).rejects.toMatchObject({ code: 'instance-unreachable' });
});

it('says what is wrong with a directory, or that the role is too low', async () => {
  await expect(run('add /nowhere')).rejects.toThrow(/\/nowhere\/churn\.json: it cannot be read/);
  const directory = await trained(0.6);
  await writeFile(join(directory, 'churn.onnx'), 'cut');
  await expect(run(`add ${directory}`)).rejects.toThrow(/it was cut short/);
  vi.stubEnv('TIDELINE_SECRET', 'token-of-viewer-x');
  await expect(run('rollback --shop new')).rejects.toThrow(/needs the role engineer/);
});
