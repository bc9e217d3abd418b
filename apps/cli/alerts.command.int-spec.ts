import { AlertsReadModule, BacktestModule } from '#alerts';
import { CLICKHOUSE, type ClickHouse } from '#clickhouse';
import { PastScores, PastScoresModule } from '#scoring';
import { StreamingModule, type Streaming } from '#streaming';
import { openRegistryApp, type RegistryApp } from '#testing';
import { AlertLogRepository, findShop, ShopRepository, type AlertLogRow } from '#warehouse';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { alertsCommand } from './alerts.command.js';
import { said } from './said.testing.js';

// The command line against the real rules and the real log; what the owner of alerts writes stands in the log already, and nobody sends.

const noBroker = {} as Streaming;
const at = Date.parse('2026-03-02T12:00:00Z');
let registry: RegistryApp;

beforeAll(async () => {
  registry = await openRegistryApp(
    ['ruled', 'fresh', 'kept'],
    [StreamingModule.forRoot(noBroker), AlertsReadModule, BacktestModule.forRoot(PastScoresModule, PastScores)],
  );
  const shops = registry.app.get(ShopRepository);
  for (const name of ['ruled', 'fresh', 'kept']) await shops.prepare(await findShop(shops, name));
  const log = new AlertLogRepository(registry.app.get<ClickHouse>(CLICKHOUSE));
  await log.append(
    await findShop(shops, 'kept'),
    [
      row({ kind: 'suppressed', what: 'consent', customerId: 'cora', detail: 'The customer has refused to be written to.' }),
      row({ kind: 'suppressed', what: 'holdout', customerId: 'hal' }),
      row({ kind: 'suppressed', what: 'holdout', customerId: 'holly', rule: 'win-back' }),
      row({ kind: 'alert', what: 'opened', state: 'open', customerId: 'anna', alertId: 'a1' }),
      row({ kind: 'dead', what: 'unknown-type', detail: 'a\u001b[2J does not belong.', body: '{"a":\u009b2J\n' }),
    ],
    new Date(),
  );
});
afterAll(() => registry.close());
beforeEach(() => void vi.stubEnv('TIDELINE_SECRET', 'token-of-marketer-x'));
afterEach(() => void vi.unstubAllEnvs());

const run = (words: string): Promise<string> => said(alertsCommand(), words, registry.url);

let offset = 481n;
/** A row of the log; of a suppression what every one has. */
function row(change: Partial<AlertLogRow>): AlertLogRow {
  const place = { partition: 2, epoch: 1, offset: (offset += 1n), step: 0, at, day: '2026-03-02' };
  const about = { kind: 'suppressed', customerId: '', alertId: '', rule: 'churn-high', ruleRevision: 1, state: '', what: '' } as const;
  const rest = { by: '', assignee: '', detail: '', probability: 0.8, netValue: '250', eventId: '', body: '{}', sent: 0n };
  return { ...place, ...about, ...rest, ...change };
}

async function file(name: string, text: string): Promise<string> {
  const path = join(registry.directory, name);
  await writeFile(path, text);
  return path;
}

it('lists rules, and puts the file that a backtest takes', async () => {
  const standing = 'churn-high  on  Likely to be gone: from high, at most 50 a day, 10 % left alone  (revision 0 by default)';
  expect(await run('rules --shop ruled')).toBe(standing);
  const rule = await file('rule.yaml', 'rule: win-back\nname: Win back\nband: medium\nminOrders: 3\ncapPerDay: null\nholdout: 0.2\n');
  // The instance has taken the rule where it says that there is nothing to score with.
  await expect(run(`backtest --rule ${rule} --shop ruled`)).rejects.toThrow(/ruled has no active churn model/);
  expect(await run('rules list --shop ruled')).toBe(standing);
  expect(await run(`rules put ${rule} --shop ruled`)).toMatch(/^win-back is at revision 1, on, for decisions from \S+Z on\.$/);
  expect((await run('rules --shop ruled')).split('\n')).toEqual([
    standing,
    'win-back  on  Win back: from medium, no cap, 20 % left alone  (revision 1 by marketer)',
  ]);
  // Without a revision it is the next one; JSON is YAML, and how long a rule is tried is no part of it.
  const json = await file('rule.json', '{ "rule": "win-back", "weeks": 4, "name": "Win back", "band": "high" }');
  await expect(run(`backtest --rule ${json} --shop ruled`)).rejects.toThrow(/ruled has no active churn model/);
  expect(JSON.parse(await run(`rules put ${json} --shop ruled --json`))).toMatchObject({ id: 'win-back', revision: 2, minOrders: 1 });
  expect(JSON.parse(await run('rules --shop ruled --json'))).toMatchObject({ rules: [{ id: 'churn-high' }, { band: 'high' }] });
});

it('shows a rule as a file, which is refused once somebody has put another revision', async () => {
  const shown = await run('rules show churn-high --shop fresh');
  expect(shown).toMatch(/^# churn-high in fresh, put by default, for decisions from the beginning on\nrule: churn-high\n/);
  const mine = await file('mine.yaml', shown.replace('capPerDay: 50', 'capPerDay: 20'));
  const theirs = await file('theirs.yaml', await readFile(mine, 'utf8'));
  expect(await run(`rules put ${theirs} --shop fresh`)).toContain('churn-high is at revision 1, on');
  const stale = /Rule churn-high is not at revision 0: marketer put revision 1\. Read it again, then put your change\./;
  await expect(run(`rules put ${mine} --shop fresh`)).rejects.toThrow(stale);
  await expect(run(`backtest --rule ${mine} --shop fresh`)).rejects.toThrow(stale);
  expect(JSON.parse(await run('rules show churn-high --shop fresh --json'))).toMatchObject({ revision: 1, capPerDay: 20, by: 'marketer' });
});

it('switches a rule off and on, and leaves the rest of it as it is', async () => {
  const rule = await file('off.yaml', 'rule: late\nname: Late\nband: high\nquietHours: { from: 22:00, to: 07:00 }\nminNetValue: "12.50"\n');
  await run(`rules put ${rule} --shop fresh`);
  expect(await run('rules off late --shop fresh')).toMatch(/^late is at revision 2, off, for decisions from /);
  expect(await run('rules off late --shop fresh')).toBe('late is off already, at revision 2.');
  expect(await run('rules --shop fresh')).toContain('late  off  Late: from high');
  expect(JSON.parse(await run('rules on late --shop fresh --json'))).toMatchObject({
    ...{ revision: 3, on: true, name: 'Late', minNetValue: '12.50', quietHours: { from: '22:00', to: '07:00' } },
  });
});

it('says what is wrong with a rule, its file, or who puts it', async () => {
  await expect(run('rules put /nowhere.yaml --shop ruled')).rejects.toMatchObject({
    code: 'rule-file-invalid',
    message: expect.stringMatching(/^\/nowhere\.yaml cannot be read: ENOENT/) as string,
  });
  const refused = async (text: string): Promise<string> => run(`rules put ${await file('wrong', text)} --shop ruled`);
  await expect(refused('rule: [')).rejects.toThrow(/wrong is neither YAML nor JSON: /);
  await expect(refused('name: Nobody')).rejects.toThrow(/wrong does not say which rule it is: write "rule: win-back"/);
  await expect(refused('rule: Win Back\nname: No\nband: high')).rejects.toThrow(/must be lower-case letters/);
  await expect(refused('rule: no\nname: No\nband: low')).rejects.toThrow(/band: must be medium \(from 0\.4\) or high/);
  await expect(refused('rule: no\nname: No\nband: high\ntreshold: 1')).rejects.toThrow(/treshold/);
  for (const command of ['show', 'on', 'off', 'effect']) {
    await expect(run(`rules ${command} no --shop kept`)).rejects.toThrow(/kept has no rule no\. There are: churn-high\./);
  }
  await expect(run('rules --shop nowhere')).rejects.toThrow(/There is no shop nowhere/);
  vi.stubEnv('TIDELINE_SECRET', 'token-of-operator-x');
  await expect(run('rules off churn-high --shop kept')).rejects.toThrow(/needs the role marketer/);
});

it('says of an effect what is missing to know it', async () => {
  expect((await run('rules effect churn-high --shop kept')).split('\n')).toEqual([
    'churn-high in kept, as of no time yet: net sales in the 90 days after the first decision on a customer',
    '                       with an alert      left alone',
    'customers                          1               1',
    'days are over of                   0               0',
    'net sales of those              0.00            0.00',
    'per customer                       -               -',
    '',
    'Not yet known: 90 days have passed for 0 of 30 customers with an alert, and for 0 of 30 left alone.',
  ]);
  expect(JSON.parse(await run('rules effect churn-high --shop kept --json'))).toMatchObject({ known: false, windowDays: 90 });
});

it('lists what was not sent and why, page by page', async () => {
  const [held, hal, cora] = [
    '2026-03-02T12:00:00.000Z  holly: holdout by win-back (rev. 1), 80 %, 250.00 at stake',
    '2026-03-02T12:00:00.000Z  hal: holdout by churn-high (rev. 1), 80 %, 250.00 at stake',
    '2026-03-02T12:00:00.000Z  cora: consent by churn-high (rev. 1), 80 %, 250.00 at stake: The customer has refused to be written to.',
  ];
  const counts = '1 consent, 2 holdout';
  expect((await run('suppressions --shop kept')).split('\n')).toEqual([held, hal, cora, counts]);
  expect((await run('suppressions --shop kept --reason consent')).split('\n')).toEqual([cora, counts]);
  expect((await run('suppressions --shop kept --rule win-back --customer holly')).split('\n')).toEqual([held, '1 holdout']);
  const [first, second, , more] = (await run('suppressions --shop kept --limit 2')).split('\n');
  expect([first, second]).toEqual([held, hal]);
  const [, place] = /^There are more: --before (\S+)$/.exec(more ?? '') ?? [];
  expect((await run(`suppressions --shop kept --before ${place}`)).split('\n')).toEqual([cora, counts]);
  expect(JSON.parse(await run('suppressions --shop kept --json'))).toMatchObject({ counts: { holdout: 2 }, next: null });
  expect(await run('suppressions --shop ruled')).toBe('Nothing was kept back.');
  await expect(run('suppressions --shop kept --reason bored')).rejects.toThrow(/reason: /);
  await expect(run('suppressions --shop kept --before nonsense')).rejects.toThrow(/before=nonsense is not what/);
});

it('lists dead letters, whatever bytes they hold, on lines of their own', async () => {
  expect((await run('dead-letters --shop kept')).split('\n')).toEqual([
    '2026-03-02T12:00:00.000Z  alerts.v1/2 486  unknown-type: a\\u001b[2J does not belong.',
    '  {"a":\\u009b2J\\u000a',
    '1 unknown-type',
  ]);
  expect(JSON.parse(await run('dead-letters --shop kept --json'))).toMatchObject({
    deadLetters: [{ reason: 'unknown-type', offset: '486' }],
  });
  expect(await run('dead-letters --shop ruled')).toBe('There is none: every message on alerts.v1 could be used.');
});
