import type { CustomerScoreAnswer, CustomerValueAnswer, ScoresSummaryAnswer } from '#contracts';
import { Command } from 'commander';
import { instanceAt } from './instance.js';
import { say } from './say.js';
import { percentText, shopCommand, type ShopOptions } from './shop-command.js';

/** `scores`: who is how likely to be gone, and what a customer is expected to bring. */
export function scoresCommand(): Command {
  const ofCustomer = (name: string, description: string): Command =>
    shopCommand(name, description).argument('<customer>', 'the id that the shop gave');
  return new Command('scores')
    .description('Churn scores of customers, and what a customer is expected to bring.')
    .addCommand(
      shopCommand('summary', 'Customers per band, and how far they are decided on.').action(async ({ shop, url, json }: ShopOptions) => {
        const answer = await (await instanceAt(url)).scoresSummary(shop);
        for (const line of json ? [JSON.stringify(answer)] : summaryLines(answer)) say(line);
      }),
    )
    .addCommand(
      ofCustomer('show', 'The newest score of a customer, with its reasons.').action(
        async (customer: string, { shop, url, json }: ShopOptions) => {
          const answer = await (await instanceAt(url)).customerScore(shop, customer);
          for (const line of json ? [JSON.stringify(answer)] : scoreLines(answer)) say(line);
        },
      ),
    )
    .addCommand(
      ofCustomer('value', 'Net sales expected of a customer, what moves them, and whether that is a projection.').action(
        async (customer: string, { shop, url, json }: ShopOptions) => {
          const answer = await (await instanceAt(url)).customerValue(shop, customer);
          for (const line of json ? [JSON.stringify(answer)] : valueLines(answer)) say(line);
        },
      ),
    );
}

/** A shop's customers by band; where nobody was scored, what to look at. */
export function summaryLines({
  shop,
  model,
  asOf,
  complete,
  customers,
  meanProbability,
  bands,
  nextCrossing,
}: ScoresSummaryAnswer): string[] {
  if (model === null) return [`Nobody was scored in ${shop} yet. What it scores with: npm run -s cli -- model list --shop ${shop}`];
  const mean = meanProbability === null ? '' : `, ${percentText(meanProbability, 1)} likely to be gone in the mean`;
  return [
    `${shop}: ${customers.toLocaleString('en')} customers with a score${mean}, by ${model} as of ${asOf ?? 'no time yet'}`,
    ...bands.map((each) => {
      const within = each.meanProbability === null ? '-' : percentText(each.meanProbability, 1);
      return `  ${each.band.padEnd(7)}${each.customers.toLocaleString('en').padStart(10)}${within.padStart(9)}`;
    }),
    ...(complete ? [] : ['Not everybody is decided on yet: all customers are looked at once, after the first start or another model.']),
    ...(nextCrossing === null ? [] : [`The next band changes at ${nextCrossing}, if nothing happens.`]),
  ];
}

const causes: Readonly<Record<CustomerScoreAnswer['cause'], string>> = {
  event: 'after an event',
  silence: 'after silence',
  model: 'by another model',
  first: 'at the first look',
};

/** A customer's score and its reasons. */
export function scoreLines({
  customerId,
  band,
  previousBand,
  probability,
  orders,
  netValueAtStake,
  ...its
}: CustomerScoreAnswer): string[] {
  const before = previousBand === null ? '' : `, ${previousBand} before`;
  return [
    `${customerId}: ${band}${before}, ${percentText(probability)} likely to be gone, ${orders} orders, ${netValueAtStake} at stake`,
    ...its.reasons.map((reason) => `  ${reason}`),
    `decided at ${its.decidedAt} ${causes[its.cause]}, by ${its.model}`,
    ...(its.nextCrossing === null ? [] : [`looked at again at ${its.nextCrossing}, if nothing happens`]),
  ];
}

/** What a customer is expected to bring, and how far that can be trusted. */
export function valueLines({
  customerId,
  value,
  currency,
  horizonDays,
  reasons,
  words,
  model,
  asOf,
  shadow,
}: CustomerValueAnswer): string[] {
  return [
    `${customerId}: ${value} ${currency} expected in ${horizonDays} days`,
    ...reasons.map((reason) => `  ${reason}`),
    `as of ${asOf ?? 'no time yet'}, by ${model}, ${words}`,
    ...(shadow === null ? [] : [`its shadow ${shadow.model} says ${shadow.value} ${currency}; nothing follows from that`]),
  ];
}
