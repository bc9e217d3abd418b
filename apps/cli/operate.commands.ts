import { Command, InvalidArgumentError } from 'commander';
import { instanceAt, parseUrl, urlHelp } from './instance.js';
import { parseShop } from './parse-shop.js';
import { say } from './say.js';

interface Options {
  readonly shop: string;
  readonly url?: string;
}

/** What people do to a pipeline that waits for them: `accept`. */
export function operateCommands(): Command[] {
  return [
    new Command('accept')
      .description('Lets a partition that halted (alarm ledger-ahead) go on from the start of what the broker holds, in a new epoch.')
      .requiredOption('--shop <id>', 'the shop', parseShop)
      .option('--url <url>', urlHelp, parseUrl)
      .argument('<topic/partition>', 'as the alarm names it, such as transactions.v1/0', parsePlace)
      .action(async ({ topic, partition }: Place, { shop, url }: Options) => {
        await (await instanceAt(url)).accept(shop, topic, partition);
        say(`${shop}.${topic}/${partition} goes on within some seconds.`);
      }),
  ];
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

function parsePlace(text: string): Place {
  const [, topic, partition] = /^([a-z]+\.v\d+)\/(\d+)$/.exec(text) ?? [];
  if (topic === undefined) throw new InvalidArgumentError('It must be a topic and a partition, such as transactions.v1/0.');
  return { topic, partition: Number(partition) };
}
