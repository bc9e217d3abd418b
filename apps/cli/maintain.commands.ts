import type { MaintenanceAnswer, MaintenanceOrder } from '#contracts';
import type { AuditReport } from '#ingestion';
import { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { instanceAt, parseUrl, urlHelp } from './instance.js';
import { parseShop } from './parse-shop.js';
import { Progress } from './progress.js';
import { say } from './say.js';
import { withStopped } from './stopped.js';

interface Options {
  readonly shop: string;
  readonly url?: string;
  readonly data?: string;
  readonly full?: true;
}

/** How often a running instance is asked how far it is. */
const pollMs = 250;

/** What people do about the figures themselves: `audit`, `rebuild`. */
export function maintainCommands(): Command[] {
  return [
    of('audit', 'Compares ledger, facts, derived tables and broker offsets. Ends with 1 on a difference, and names the first.')
      .option('--full', 'every row: all messages judged and all figures folded once more (always so with --data)')
      .action((options: Options) => audit(options)),
    of('rebuild', 'Makes facts, dimensions and derived tables anew from the ledger. A running shop goes on meanwhile.')
      .argument('[table...]', 'which tables (default: all)')
      .action((tables: string[], options: Options) => rebuild(tables, options)),
  ];
}

function of(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--shop <id>', 'the shop', parseShop)
    .option('--data <directory>', 'the data directory of a stopped instance, instead of a running one')
    .option('--url <url>', urlHelp, parseUrl);
}

async function audit({ shop, url, data, full }: Options): Promise<void> {
  if (data === undefined && !full) return reported(await (await instanceAt(url)).audit(shop));
  const report = await watched(async (progress) => {
    if (data === undefined) return (await ended(url, shop, { work: 'audit', tables: [] }, progress)).audit;
    const { fullAudit } = await import('#ingestion');
    return withStopped(data, shop, (store) => fullAudit(store, progress));
  });
  if (report) reported(report);
}

async function rebuild(tables: readonly string[], { shop, url, data }: Options): Promise<void> {
  const rebuilt = await watched(async (progress) => {
    if (data === undefined) return (await ended(url, shop, { work: 'rebuild', tables: [...tables] }, progress)).tables;
    const { rebuild: fold } = await import('#ingestion');
    return withStopped(data, shop, async (store) => {
      const names = await fold(store, tables, progress);
      await store.refresher.refreshViews();
      return names;
    });
  });
  say(`made anew from the ledger: ${rebuilt.join(', ')}`);
}

function reported({ ok, checks }: Pick<AuditReport, 'ok' | 'checks'>): void {
  const width = Math.max(...checks.map(({ check }) => check.length));
  for (const { check, ok: right, compared, detail } of checks)
    say(`${!right ? 'WRONG ' : compared ? 'ok    ' : '-     '} ${check.padEnd(width)} ${detail}`);
  const wrong = checks.find((check) => !check.ok);
  say(wrong ? `first difference: ${wrong.check} ${wrong.detail}` : 'no difference');
  if (!ok) process.exitCode = 1;
}

/** Told how far it is. */
type Told = (phase: string, done: number, of: number) => void;

async function watched<T>(work: (told: Told) => Promise<T>): Promise<T> {
  const progress = new Progress();
  try {
    return await work((phase, done, all) => progress.show(phase, all === 0 ? 1 : done / all, done, 'ledger rows'));
  } finally {
    progress.stop();
  }
}

/** Long work of a running instance that failed, in its own words. */
class MaintenanceError extends Error {
  readonly code = 'maintenance-failed';
}

/** Begins long work at a running instance and waits for its end. */
async function ended(url: string | undefined, shop: string, order: MaintenanceOrder, told: Told): Promise<MaintenanceAnswer> {
  const client = await instanceAt(url);
  const { startedAt } = await client.maintain(shop, order);
  for (;;) {
    const state = await client.maintenance(shop);
    if (state.startedAt !== startedAt) throw new MaintenanceError(`The ${order.work} of ${shop} is gone: was the instance started again?`);
    if (state.of > 0) told(state.phase, state.done, state.of);
    if (state.state === 'failed') throw new MaintenanceError(state.error ?? '');
    if (state.state === 'done') return state;
    await sleep(pollMs);
  }
}
