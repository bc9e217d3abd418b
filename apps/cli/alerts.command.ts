import type { AlertItem, AlertOrder } from '#contracts';
import { Command, InvalidArgumentError } from 'commander';
import { backtestCommand } from './alerts-backtest.command.js';
import { rulesCommand } from './alerts-rules.command.js';
import { deadLettersCommand, suppressionsCommand } from './alerts-unsent.command.js';
import { instanceAt } from './instance.js';
import { say } from './say.js';
import { countsText, percentText, shopCommand, type ShopOptions } from './shop-command.js';

/** `alerts`: those there are, one with its log, what was not sent, and what people do with one. */
export function alertsCommand(): Command {
  const alerts = new Command('alerts').description('Alerts about customers: list, show, what you do with them, and their rules.');
  const order = (name: string, description: string, argument: string | undefined, orderOf: (text: string) => AlertOrder): Command => {
    const command = shopCommand(name, description).argument('<alert>', 'its id');
    if (argument !== undefined) command.argument(argument);
    return command.action(async (alert: string, ...rest: unknown[]) => {
      const options = rest[argument === undefined ? 0 : 1] as ShopOptions;
      const answer = await (await instanceAt(options.url)).orderAlert(options.shop, alert, orderOf(String(rest[0])));
      if (options.json) return say(JSON.stringify(answer));
      say(`${answer.outcome === 'done' ? 'Done' : 'Sent; the owner of alerts has not come to it yet'}. ${lineOf(answer.alert)}`);
    });
  };
  return alerts
    .addCommand(
      shopCommand('list', 'The newest first, those that are not over.')
        .option('--state <state>', 'open, acknowledged, acted, recovered, expired or live', 'live')
        .action(async ({ shop, url, json, state }: ShopOptions & { state: string }) => {
          const answer = await (await instanceAt(url)).alerts(shop, { state });
          if (json) return say(JSON.stringify(answer));
          for (const alert of answer.alerts) say(lineOf(alert));
          say(countsText(answer.counts));
        }),
    )
    .addCommand(
      shopCommand('show', 'One with its reasons and all that happened to it.')
        .argument('<alert>', 'its id')
        .action(async (id: string, { shop, url, json }: ShopOptions) => {
          const answer = await (await instanceAt(url)).alert(shop, id);
          if (json) return say(JSON.stringify(answer));
          say(lineOf(answer.alert));
          for (const reason of answer.alert.reasons) say(`  ${reason}`);
          for (const { at, step, refused, by, detail } of answer.log)
            say(`${at}  ${step ?? `refused: ${refused}`}${by ? ` by ${by}` : ''}  ${detail}`);
        }),
    )
    .addCommand(rulesCommand())
    .addCommand(backtestCommand())
    .addCommand(suppressionsCommand())
    .addCommand(deadLettersCommand())
    .addCommand(order('ack', 'It is in your hands.', undefined, () => ({ command: 'acknowledge' })))
    .addCommand(order('assign', 'Puts it into somebody’s hands.', '<person>', (assignee) => ({ command: 'assign', assignee })))
    .addCommand(order('comment', 'Says something about it.', '<text>', (text) => ({ command: 'comment', text })))
    .addCommand(order('snooze', 'Until an instant of the shop.', '<until>', (until) => ({ command: 'snooze', until })))
    .addCommand(order('act', 'Something was done.', '<action>', (action) => ({ command: 'act', action })))
    .addCommand(order('rate', 'Was it useful?', '<yes|no>', (text) => ({ command: 'rate', useful: parseUseful(text) })));
}

function lineOf({ alertId, customerId, state, probability, netValueAtStake, decidedAt, assignee }: AlertItem): string {
  const whose = assignee === null ? '' : `, with ${assignee}`;
  return `${alertId}  ${decidedAt}  ${customerId}: ${state}${whose}, ${percentText(probability)}, ${netValueAtStake} at stake`;
}

function parseUseful(text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new InvalidArgumentError('It must be yes or no.');
  return text === 'yes';
}
