import { suppressionReasons, type AlertDeadLettersAnswer, type Suppression } from '#contracts';
import type { Command } from 'commander';
import { instanceAt } from './instance.js';
import { say } from './say.js';
import { countsText, percentText, shopCommand, type ShopOptions } from './shop-command.js';

/** What narrows the ledger of suppressions, as the API calls it. */
type Asked = Readonly<Partial<Record<'rule' | 'reason' | 'customer' | 'limit' | 'before', string>>>;

/** `alerts suppressions`: the ledger of reasons not to send. */
export function suppressionsCommand(): Command {
  return shopCommand('suppressions', 'Alerts that were not sent and why, the newest first.')
    .option('--rule <rule>', 'of one rule')
    .option('--reason <reason>', suppressionReasons.join(', '))
    .option('--customer <customer>', 'about one customer')
    .option('--limit <n>', 'how many, at most 500')
    .option('--before <place>', 'the page after that one, as its last line names it')
    .action(async ({ shop, url, json, ...asked }: ShopOptions & Asked) => {
      const answer = await (await instanceAt(url)).alertSuppressions(shop, asked);
      if (json) return say(JSON.stringify(answer));
      for (const each of answer.suppressions) say(lineOf(each));
      say(countsText(answer.counts) || 'Nothing was kept back.');
      if (answer.next !== null) say(`There are more: --before ${answer.next}`);
    });
}

/** `alerts dead-letters`: messages that the owner of alerts could not use. */
export function deadLettersCommand(): Command {
  return shopCommand('dead-letters', 'Messages on alerts.v1 that could not be used, the newest first.').action(
    async ({ shop, url, json }: ShopOptions) => {
      const answer = await (await instanceAt(url)).alertDeadLetters(shop);
      if (json) return say(JSON.stringify(answer));
      for (const line of answer.deadLetters.flatMap(letterLines)) say(line);
      say(countsText(answer.counts) || 'There is none: every message on alerts.v1 could be used.');
    },
  );
}

function lineOf({ at, customerId, reason, rule, ruleRevision, probability, netValueAtStake, detail }: Suppression): string {
  const words = detail === '' ? '' : `: ${detail}`;
  return `${at}  ${customerId}: ${reason} by ${rule} (rev. ${ruleRevision}), ${percentText(probability)}, ${netValueAtStake} at stake${words}`;
}

function letterLines({ at, partition, offset, reason, detail, excerpt }: AlertDeadLettersAnswer['deadLetters'][number]): string[] {
  return [`${at}  alerts.v1/${partition} ${offset}  ${reason}: ${plain(detail)}`, `  ${plain(excerpt)}`];
}

/** A message may hold anything, and what is said of it names parts of it: spelt out, they stay on their line and move no cursor. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
