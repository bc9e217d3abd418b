import { openEmbedded, type ClickHouse } from '#clickhouse';
import { alertRuleBody, type AlertRule } from '#contracts';
import { meeting } from '#testing';
import { AlertRuleRepository, ShopRepository, type Shop } from '#warehouse';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RulesService } from './rules.service.js';

let directory: string;
let clickhouse: ClickHouse;
let shop: Shop;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tideline-rules-'));
  clickhouse = await openEmbedded(directory);
  const shops = new ShopRepository(clickhouse);
  await shops.prepareSystem();
  shop = await shops.register({ shop: 'ruled', timeZone: 'UTC', currency: 'GBP', fiscalYearStart: 1, clockMode: 'data' });
  await shops.prepare(shop);
});
afterAll(async () => {
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
});

const body = (name: string) => alertRuleBody.parse({ name, band: 'high', revision: 0 });

/** What is standing, and what each of two people who put a rule at once was told. */
async function putAtOnce(id: string, ann: RulesService, bob: RulesService): Promise<{ readonly name: string; readonly told: string[] }> {
  const answers = await Promise.allSettled([ann.put(shop, id, body('of ann'), 'ann'), bob.put(shop, id, body('of bob'), 'bob')]);
  const wordsOf = (answer: PromiseSettledResult<AlertRule>): string =>
    answer.status === 'fulfilled' ? answer.value.name : (answer.reason as Error).message;
  return { name: (await ann.find(shop, id)).name, told: answers.map(wordsOf) };
}
const lost = (id: string, to: string) => `Rule ${id} is not at revision 0: ${to} put revision 1. Read it again, then put your change.`;

it('of two who put one revision at once one is told that the other was first', async () => {
  const rules = new RulesService(new AlertRuleRepository(clickhouse), () => Promise.resolve(null));
  expect(await putAtOnce('one', rules, rules)).toEqual({ name: 'of ann', told: ['of ann', lost('one', 'ann')] });
});

it('so it is where they ask two processes that both have looked before either wrote', async () => {
  const repository = new AlertRuleRepository(clickhouse);
  const [looked, written] = [meeting(2), meeting(2)];
  const another = (): RulesService =>
    new RulesService(
      {
        all: (of) => repository.all(of),
        add: async (of, rule) => {
          await looked();
          await repository.add(of, rule);
          await written();
        },
      },
      () => Promise.resolve(null),
    );
  const { name, told } = await putAtOnce('two', another(), another());
  // Which of the two is first the store says, to both alike.
  expect(told).toEqual(name === 'of ann' ? [name, lost('two', 'ann')] : [lost('two', 'bob'), name]);
});
