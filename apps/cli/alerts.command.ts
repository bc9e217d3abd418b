import type { AlertItem } from '#contracts';
import { Command } from 'commander';
import { backtestCommand } from './alerts-backtest.command.js';
import { rulesCommand } from './alerts-rules.command.js';
import { deadLettersCommand, suppressionsCommand } from './alerts-unsent.command.js';
import { instanceAt } from './instance.js';
import { logLines, orderCommands } from './order-commands.js';
import { say } from './say.js';
import { countsText, percentText, shopCommand, type ShopOptions } from './shop-command.js';

/** `alerts`: those there are, one with its log, what was not sent, and what people do with one. */
export function alertsCommand(): Command {
  const alerts = new Command('alerts').description('Alerts about customers: list, show, what you do with them, and their rules.');
  const orders = orderCommands('<alert>', 'its id', 'the shop’s time', async (client, { shop, json }, id, order) => {
    const answer = await client.orderAlert(shop, id, order);
    if (json) return say(JSON.stringify(answer));
    say(`${answer.outcome === 'done' ? 'Done' : 'Sent; the owner of alerts has not come to it yet'}. ${lineOf(answer.alert)}`);
  });
  for (const command of orders) alerts.addCommand(command);
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
          for (const line of logLines(answer.log)) say(line);
        }),
    )
    .addCommand(rulesCommand())
    .addCommand(backtestCommand())
    .addCommand(suppressionsCommand())
    .addCommand(deadLettersCommand());
}

function lineOf({ alertId, customerId, state, probability, netValueAtStake, decidedAt, assignee }: AlertItem): string {
  const whose = assignee === null ? '' : `, with ${assignee}`;
  return `${alertId}  ${decidedAt}  ${customerId}: ${state}${whose}, ${percentText(probability)}, ${netValueAtStake} at stake`;
}
