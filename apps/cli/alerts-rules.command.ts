import type { AlertRule, EffectAnswer } from '#contracts';
import { Command } from 'commander';
import { instanceAt } from './instance.js';
import { bodyOf, readRule, revisionOf, ruleFileHelp, ruleText } from './rule-file.js';
import { say } from './say.js';
import { percentText, shopCommand, type ShopOptions } from './shop-command.js';

/** `alerts rules`: those there are, the next revision of one, on and off, and what one brings. */
export function rulesCommand(): Command {
  const rules = new Command('rules').description('Rules of alerts: which customers are told of. Without a command: list.');
  const ofRule = (name: string, description: string): Command => shopCommand(name, description).argument('<rule>', 'its id');
  const turn = (name: 'on' | 'off', description: string): Command =>
    ofRule(name, description).action(async (id: string, { shop, url, json }: ShopOptions) => {
      const client = await instanceAt(url);
      const rule = await client.alertRule(shop, id);
      // One that stands as it is wanted gets no revision that says nothing.
      const isSo = rule.on === (name === 'on');
      const now = isSo ? rule : await client.putAlertRule(shop, id, { ...bodyOf(rule), on: !rule.on });
      say(json ? JSON.stringify(now) : isSo ? `${id} is ${name} already, at revision ${rule.revision}.` : putText(now));
    });
  return rules
    .addCommand(
      shopCommand('list', 'The newest revision of each.').action(async ({ shop, url, json }: ShopOptions) => {
        const answer = await (await instanceAt(url)).alertRules(shop);
        if (json) return say(JSON.stringify(answer));
        for (const rule of answer.rules) say(lineOf(rule));
      }),
      { isDefault: true },
    )
    .addCommand(
      ofRule('show', 'One as a file that backtest and put take.').action(async (id: string, { shop, url, json }: ShopOptions) => {
        const rule = await (await instanceAt(url)).alertRule(shop, id);
        say(json ? JSON.stringify(rule) : `# ${id} in ${shop}, put by ${rule.by}, for decisions ${sinceText(rule)}\n${ruleText(rule)}`);
      }),
    )
    .addCommand(
      shopCommand('put', 'Puts the next revision of a rule, or a new rule. What the file leaves out has its default.')
        .argument('<file>', ruleFileHelp)
        .action(async (file: string, { shop, url, json }: ShopOptions) => {
          const { id, body } = await readRule(file);
          const client = await instanceAt(url);
          const put = await client.putAlertRule(shop, id, { revision: await revisionOf(client, shop, id), ...body });
          say(json ? JSON.stringify(put) : putText(put));
        }),
    )
    .addCommand(turn('on', 'Puts the next revision, which opens alerts again.'))
    .addCommand(turn('off', 'Puts the next revision, which opens nothing; alerts that are open go on.'))
    .addCommand(
      ofRule('effect', 'Net sales of customers with an alert against those left alone.').action(
        async (id: string, { shop, url, json }: ShopOptions) => {
          const answer = await (await instanceAt(url)).alertRuleEffect(shop, id);
          for (const line of json ? [JSON.stringify(answer)] : effectLines(answer)) say(line);
        },
      ),
    );
}

function lineOf({ id, on, name, band, capPerDay, holdout, revision, by }: AlertRule): string {
  const cap = capPerDay === null ? 'no cap' : `at most ${capPerDay} a day`;
  return `${id}  ${on ? 'on' : 'off'}  ${name}: from ${band}, ${cap}, ${percentText(holdout)} left alone  (revision ${revision} by ${by})`;
}

function putText(rule: AlertRule): string {
  return `${rule.id} is at revision ${rule.revision}, ${rule.on ? 'on' : 'off'}, for decisions ${sinceText(rule)}.`;
}

function sinceText({ from }: AlertRule): string {
  return from === null ? 'from the beginning on' : `from ${from} on`;
}

/** The effect of a rule as a table; a dash where nothing is known. */
export function effectLines({ shop, rule, asOf, windowDays, treated, holdout, detail, ...its }: EffectAnswer): string[] {
  const row = (name: string, ...cells: string[]): string => `${name.padEnd(20)}${cells.map((cell) => cell.padStart(16)).join('')}`;
  const interval = ({ difference, low, high }: NonNullable<EffectAnswer['total']>): string[] => [difference, low, high];
  const groups = [treated, holdout] as const;
  return [
    `${rule} in ${shop}, as of ${asOf ?? 'no time yet'}: net sales in the ${windowDays} days after the first decision on a customer`,
    row('', 'with an alert', 'left alone'),
    row('customers', ...groups.map(({ customers }) => String(customers))),
    row('days are over of', ...groups.map(({ closed }) => String(closed))),
    row('net sales of those', ...groups.map(({ netSales }) => netSales)),
    row('per customer', ...groups.map(({ mean }) => mean ?? '-')),
    ...(its.perCustomer === null ? [] : ['', row('', 'difference', 'from', 'to'), row('per customer', ...interval(its.perCustomer))]),
    ...(its.total === null ? [] : [row('all with an alert', ...interval(its.total))]),
    '',
    detail,
  ];
}
