import type { BacktestAnswer } from '#contracts';
import { InvalidArgumentError, type Command } from 'commander';
import { instanceAt } from './instance.js';
import { readRule, revisionOf, ruleFileHelp } from './rule-file.js';
import { say } from './say.js';
import { shopCommand, type ShopOptions } from './shop-command.js';

interface Options extends ShopOptions {
  readonly rule: string;
  readonly weeks: number;
}

/** `alerts backtest`: a rule in a file, tried on the weeks that are over. */
export function backtestCommand(): Command {
  return shopCommand('backtest', 'Tries a rule on the weeks that are over; nothing is put, nothing is sent.')
    .requiredOption('--rule <file>', ruleFileHelp)
    .option('--weeks <n>', 'how many, up to the shop’s clock; at most 52', parseWeeks, 26)
    .action(async ({ shop, rule: file, weeks, url, json }: Options) => {
      const { id, body } = await readRule(file);
      const client = await instanceAt(url);
      const answer = await client.backtest(shop, { revision: await revisionOf(client, shop, id), ...body, rule: id, weeks });
      if (json) return say(JSON.stringify(answer));
      for (const line of tableOf(answer)) say(line);
    });
}

/** The answer as a table for people. */
export function tableOf(answer: BacktestAnswer): string[] {
  const { alerts, outcome, model, suppressed, overlap } = answer;
  const percent = (value: number | null): string => (value === null ? '-' : `${(value * 100).toFixed(1)} %`);
  const row = (name: string, ...cells: string[]): string =>
    `${name.padEnd(24)}${cells.map((cell) => cell.padStart(14)).join('')}`.trimEnd();
  const parts = [outcome.all, outcome.seen, outcome.unseen] as const;
  return [
    `${answer.rule} in ${answer.shop}, ${answer.from.slice(0, 10)} to ${answer.to.slice(0, 10)} (${answer.weeks} weeks), model ${model.version}`,
    '',
    row('alerts', String(alerts.sent)),
    row('customers', String(alerts.customers)),
    row('alerts a day', String(alerts.meanPerDay)),
    row('most on a day', String(alerts.mostPerDay)),
    row('days at the cap', String(alerts.daysAtCap)),
    row('net value at stake', alerts.netValueAtStake),
    '',
    row('', 'all', 'model saw', 'unseen'),
    row('alerts', ...parts.map((each) => String(each.alerts))),
    row('not yet known', ...parts.map((each) => String(each.notYetKnown))),
    row(`gone for ${answer.horizonDays} days`, ...parts.map((each) => String(each.gone))),
    row('precision', ...parts.map((each) => percent(each.precision))),
    row('  from', ...parts.map((each) => percent(each.low))),
    row('  to', ...parts.map((each) => percent(each.high))),
    row('all customers', ...parts.map((each) => percent(each.base.all))),
    row('those of 180 days', ...parts.map((each) => percent(each.base.active))),
    '',
    'not sent',
    ...Object.entries(suppressed)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, count]) => row(`  ${reason}`, String(count))),
    ...(Object.keys(suppressed).length === 0 ? ['  nothing was kept back'] : []),
    '',
    'also alerted within 30 days by',
    ...overlap.map(({ rule, revision, share, sent }) => row(`  ${rule} (rev. ${revision})`, percent(share), ` of ${sent} alerts`)),
    ...(overlap.length === 0 ? ['  no other rule is on'] : []),
    '',
    ...answer.notes.map((note) => `- ${note}`),
  ];
}

function parseWeeks(text: string): number {
  const weeks = Number(text);
  if (!Number.isInteger(weeks) || weeks < 1 || weeks > 52) throw new InvalidArgumentError('It must be a whole number of weeks, 1 to 52.');
  return weeks;
}
