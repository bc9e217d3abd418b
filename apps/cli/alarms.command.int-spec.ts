import { AlarmKeeper, Alarms, alarmsConfig, AlarmsModule, AlarmsReadModule, standsMs } from '#alarms';
import { ConfigModule, readConfig } from '#config';
import { AlarmOutboxModule } from '#delivery';
import { openRegistryApp, type RegistryApp } from '#testing';
import { findShop, ShopRepository } from '#warehouse';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { alarmsCommand } from './alarms.command.js';
import { said } from './said.testing.js';

// The command line and the routes against the real log of alarms.

let registry: RegistryApp;
beforeAll(async () => {
  registry = await openRegistryApp(
    ['noisy', 'still'],
    [
      ConfigModule.forRoot(readConfig([alarmsConfig], { TIDELINE_RUNBOOK: 'https://wiki.example.org/operations' })),
      AlarmsModule.forRoot({ process: 'spec', teller: AlarmOutboxModule }),
      AlarmsReadModule,
    ],
  );
  const shops = registry.app.get(ShopRepository);
  await shops.prepare(await findShop(shops, 'noisy'));
  const alarms = registry.app.get(Alarms);
  alarms.raise('gap', 'noisy', 'transactions.v1/0', '7 messages were deleted.');
  alarms.raise('gap', 'noisy', 'transactions.v1/1', '2 messages were deleted.');
  alarms.raise('ledger-failed', 'noisy', 'ledger', 'The disk is full.');
  await registry.app.get(AlarmKeeper).look(Date.now() + standsMs + 1_000);
  alarms.raise('audit', 'noisy', 'totals', 'Gross differs.');
});
afterAll(() => registry.close());
beforeEach(() => void vi.stubEnv('TIDELINE_SECRET', 'token-of-operator-x'));
afterEach(() => void vi.unstubAllEnvs());

const run = (words: string): Promise<string> => said(alarmsCommand(), words, registry.url);

it('lists what stands, one that is too new to be spoken to as well, and says so where nothing is wrong', async () => {
  const lines = await run('list --shop noisy');
  expect(lines).toMatch(/^[0-9a-f]{32} {2}\S+ {2}gap transactions\.v1\/0: open\. 7 messages were deleted\.$/m);
  expect(lines).toMatch(/^\(new\) {2}\S+ {2}audit totals: open\. Gross differs\.$/m);
  expect(await run('list --shop still')).toContain('Nothing is wrong.');
});

it('is said to one by its id, or to all of a code; what is over is over', async () => {
  const id = /^([0-9a-f]{32}) .* ledger-failed /m.exec(await run('list --shop noisy'))?.[1] ?? '';
  expect(await run(`assign ${id} ann --shop noisy`)).toContain('ledger-failed ledger: open, with ann. The disk is full.');
  expect(await run(`ack ${id} --shop noisy`)).toContain('ledger-failed ledger: acknowledged, with ann.');
  const shown = await run(`show ${id} --shop noisy`);
  expect(shown).toContain('https://wiki.example.org/operations#alarm-ledger-failed');
  expect(shown).toMatch(/acknowledged by operator/);
  expect((await run('ack gap --shop noisy')).match(/: recovered\./g)).toHaveLength(2);
  expect(await run('list --shop noisy')).not.toContain(' gap ');
  expect((await run('list --shop noisy --state recovered')).match(/ gap /g)).toHaveLength(2);
});

it('says who was first, what there is, and what role it takes', async () => {
  await expect(run('ack ledger-failed --shop noisy')).rejects.toThrow(/Already acknowledged by operator at/);
  await expect(run('ack gap --shop noisy')).rejects.toThrow('No alarm gap of noisy stands. There are: ledger-failed.');
  await expect(run(`show ${'0'.repeat(32)} --shop noisy`)).rejects.toThrow(/noisy has no alarm 0{32}/);
  vi.stubEnv('TIDELINE_SECRET', 'token-of-viewer-x');
  await expect(run('comment ledger-failed Hm --shop noisy')).rejects.toThrow(/operator/);
});
