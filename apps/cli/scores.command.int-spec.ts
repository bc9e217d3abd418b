import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { ScoresModule } from '#scoring';
import { MemoryLog, openRegistryApp, PipelineProcess, silences, type RegistryApp } from '#testing';
import { findShop, ScoreRepository, ShopRepository, type ScoreDecision } from '#warehouse';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { modelCommand } from './model.command.js';
import { said } from './said.testing.js';
import { scoresCommand } from './scores.command.js';

// The command line against what a scorer wrote, and against the real model of value over facts of the real refresher.

const fixtures = join(import.meta.dirname, '../../libs/scoring/fixtures');
const clock = Date.parse('2026-03-02T12:00:00Z');
const model = 'churn-fixture-00000001';
let registry: RegistryApp;
let clickhouse: ClickHouse;
let shops: ShopRepository;

beforeAll(async () => {
  registry = await openRegistryApp(['scored', 'sweeping', 'unscored'], [ScoresModule]);
  clickhouse = registry.app.get<ClickHouse>(CLICKHOUSE);
  shops = registry.app.get(ShopRepository);
  // In the money of the orders that are written below.
  await shops.register({ shop: 'valued', timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' });
  for (const name of ['scored', 'sweeping', 'unscored', 'valued']) await shops.prepare(await findShop(shops, name));
});
afterAll(() => registry.close());
beforeEach(() => void vi.stubEnv('TIDELINE_SECRET', 'token-of-engineer-x'));
afterEach(() => void vi.unstubAllEnvs());

const run = (words: string): Promise<string> => said(scoresCommand(), words, registry.url);

/** What a scorer has decided. @param sweep whether it is still looking at everybody */
async function scored(name: string, decisions: readonly ScoreDecision[], sweep = false): Promise<void> {
  const state = { model, positions: [], clock, sweep: sweep ? { nextKey: 7, cause: 'first' as const } : undefined };
  await new ScoreRepository(clickhouse).write(await findShop(shops, name), { role: 'active', sequence: 1n, state, decisions });
}

const decision: ScoreDecision = {
  ...{ customerId: 'anna', decidedAt: clock, model, cause: 'silence', probability: 0.82, band: 'high', previousBand: 'medium' },
  ...{ orders: 4, stake: '250', reasons: ['92 days since the last order; usual gap 31'], nextCrossing: undefined, muted: false },
};

it('counts customers by band, and says where not everybody is decided on', async () => {
  const bela = { customerId: 'bela', band: 'low', previousBand: 'none', probability: 0.1, nextCrossing: clock + 86_400_000 } as const;
  await scored('scored', [decision, { ...decision, ...bela }]);
  const lines = [
    `scored: 2 customers with a score, 46.0 % likely to be gone in the mean, by ${model} as of 2026-03-02T12:00:00.000Z`,
    '  low             1   10.0 %',
    '  medium          0        -',
    '  high            1   82.0 %',
    'The next band changes at 2026-03-03T12:00:00.000Z, if nothing happens.',
  ];
  expect((await run('summary --shop scored')).split('\n')).toEqual(lines);
  expect(JSON.parse(await run('summary --shop scored --json'))).toMatchObject({ customers: 2, complete: true });
  await scored('sweeping', [decision], true);
  expect(await run('summary --shop sweeping')).toMatch(/\nNot everybody is decided on yet: /);
  expect(await run('summary --shop unscored')).toBe(
    'Nobody was scored in unscored yet. What it scores with: npm run -s cli -- model list --shop unscored',
  );
  await expect(run('summary --shop nowhere')).rejects.toThrow(/There is no shop nowhere/);
});

it('shows a customer’s score with its reasons, and says of one without why there is none', async () => {
  await scored('scored', [{ ...decision, customerId: 'a/b', cause: 'first', previousBand: 'none', nextCrossing: clock + 1_000 }]);
  expect((await run('show a/b --shop scored')).split('\n')).toEqual([
    'a/b: high, 82 % likely to be gone, 4 orders, 250.00 at stake',
    '  92 days since the last order; usual gap 31',
    `decided at 2026-03-02T12:00:00.000Z at the first look, by ${model}`,
    'looked at again at 2026-03-02T12:00:01.000Z, if nothing happens',
  ]);
  expect(await run('show anna --shop scored')).toMatch(/^anna: high, medium before, 82 % .*\n.*\ndecided at \S+ after silence, by \S+$/);
  expect(JSON.parse(await run('show anna --shop scored --json'))).toMatchObject({ customerId: 'anna', netValueAtStake: '250.00' });
  await expect(run('show nobody --shop scored')).rejects.toThrow(
    /nobody has no score in scored: no such customer, one without an order, or nobody was scored yet/,
  );
});

it('says what a customer is expected to bring, in the shop’s money, once there is a model of it', async () => {
  await expect(run('value c7 --shop valued')).rejects.toThrow(
    /valued has no active clv model, .* npm run train -- --shop valued --kind clv/,
  );
  const log = new MemoryLog();
  const pipeline = new PipelineProcess(clickhouse, await findShop(shops, 'valued'), log);
  await pipeline.claim();
  for (const message of silences.history()) log.send(message);
  await pipeline.drain(log.partitions());
  for (let step = await pipeline.refresher.step(); step; step = await pipeline.refresher.step());
  await pipeline.refresher.settle();
  const published = await said(modelCommand(), `publish ${fixtures} --kind clv --shop valued`, registry.url);
  const [, version] = /^(\S+) is ACTIVE in valued/.exec(published) ?? [];
  const [head, ...rest] = (await run('value c7 --shop valued')).split('\n');
  expect(head).toMatch(/^c7: \d+\.\d\d GBP expected in 365 days$/);
  expect(rest.at(-1)).toMatch(new RegExp(`^as of 2024-\\S+Z, by ${version}, a projection: learnt from windows of \\d+ days`));
  expect(rest.slice(0, -1).every((line) => /^ {2}\S/.test(line))).toBe(true);
  expect(JSON.parse(await run('value c7 --shop valued --json'))).toMatchObject({ customerId: 'c7', currency: 'GBP', projection: true });
  await expect(run('value nobody --shop valued')).rejects.toThrow(
    /nobody has no predicted value in valued: no such customer, or one without/,
  );
});
