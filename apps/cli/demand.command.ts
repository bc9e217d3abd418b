import type { DemandAnswer, ReorderAnswer } from '#contracts';
import { Command, InvalidArgumentError } from 'commander';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DemandFollower } from './demand-follower.js';
import { runMaker } from './demand-maker.js';
import { instanceAt, parseUrl, urlHelp } from './instance.js';
import { readJson } from './json-file.js';
import { parseShop } from './parse-shop.js';
import { say } from './say.js';

interface Said {
  readonly shop: string;
  readonly url?: string;
  readonly json?: true;
}

interface Options extends Said {
  readonly ifRunning?: true;
}

interface FollowOptions extends Said {
  readonly out: string;
  readonly every: number;
}

/** `demand`: what a shop will sell, and what to order. */
export function demandCommand(): Command {
  const demand = new Command('demand').description('What a shop will sell in the next 7 to 30 days, and what to order.');
  const of = (name: string, description: string): Command =>
    new Command(name)
      .description(description)
      .requiredOption('--shop <id>', 'the shop', parseShop)
      .option('--url <url>', urlHelp, parseUrl)
      .option('--json', 'print the answer as one JSON object');
  demand.addCommand(
    of('show', 'Units by category or product, with an interval of 90 % and how good such forecasts were.')
      .option('--level <level>', 'category or product', 'category')
      .option('--days <days>', '7 to 30', '28')
      .option('--key <key>', 'one series, day by day')
      .action(async ({ shop, url, json, ...asked }: Said & Readonly<Record<'level' | 'days', string>> & { readonly key?: string }) => {
        const answer = await (await instanceAt(url)).demand(shop, asked);
        for (const line of json ? [JSON.stringify(answer)] : forecastLines(answer)) say(line);
      }),
  );
  demand.addCommand(
    of('reorder', 'When to order each product, up to how many units, and how many now where its stock was counted.')
      .option('--lead-days <days>', 'from ordering to having', '7')
      .option('--review-days <days>', 'until the next chance to order', '7')
      .option('--service-level <share>', 'chance that stock lasts: .5, .75, .8, .9, .95, .975, .99', '0.95')
      .action(async ({ shop, url, json, ...asked }: Said & Record<'leadDays' | 'reviewDays' | 'serviceLevel', string>) => {
        const answer = await (await instanceAt(url)).reorder(shop, asked);
        for (const line of json ? [JSON.stringify(answer)] : reorderLines(answer)) say(line);
      }),
  );
  demand.addCommand(
    of('publish', 'Publishes what npm run train -- --kind demand wrote.')
      .argument('<dir>', 'with demand-forecast.json')
      .option('--if-running', 'where no instance answers, say how to do it later and end with 0')
      .action(publish),
  );
  demand.addCommand(
    new Command('follow')
      .description("Keeps the shop's forecast of its present day, until it is stopped. npm run train -- --kind demand --follow runs it.")
      .requiredOption('--shop <id>', 'the shop', parseShop)
      .requiredOption('--out <dir>', 'where the command writes demand-forecast.json')
      .option('--every <days>', 'shop days from one forecast to the next', parseDays, 1)
      .option('--url <url>', urlHelp, parseUrl)
      .argument('<command...>', 'what makes a forecast and says what came of it as JSON, behind --')
      .action(follow),
  );
  return demand;
}

async function follow(command: readonly string[], { shop, url, out, every }: FollowOptions): Promise<void> {
  const client = await instanceAt(url);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const follower = new DemandFollower(shop, every, {
    ask: () => client.demand(shop, { level: 'category', days: '7' }),
    make: (stopped) => runMaker(command, stopped),
    publish: async () => client.publishDemand(shop, await forecastIn(out)),
    say,
    // Stopped: it returns, which is no error here.
    sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
  });
  await follower.follow(stop.signal);
}

/** What the trainer wrote into a directory. */
function forecastIn(directory: string): Promise<object> {
  return readJson(join(directory, 'demand-forecast.json'));
}

function parseDays(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of days from 1 to 999.');
  return Number(text);
}

async function publish(directory: string, { shop, url, json, ifRunning }: Options): Promise<void> {
  const body = await forecastIn(directory);
  try {
    const answer = await (await instanceAt(url)).publishDemand(shop, body);
    const { origin, categories, products } = answer;
    say(json ? JSON.stringify(answer) : `${shop}: forecast from ${origin} on, ${categories} categories, ${products} products.`);
  } catch (error) {
    if (!ifRunning || (error as { code?: string }).code !== 'instance-unreachable') throw error;
    say(`No instance answers, so nobody sees it yet. When one runs: npm run -s cli -- demand publish ${directory} --shop ${shop}`);
  }
}

/** The forecast as a table; a dash where a measure is not defined. */
export function forecastLines({ shop, origin, days, words, series }: DemandAnswer): string[] {
  const lines = words === null ? [] : [words];
  if (origin === null) return lines;
  lines.push(`${shop}: units in ${days} days from ${origin}`);
  lines.push(row('', 'expected', '90 %', 'method', 'WAPE', 'best', 'MASE', 'bias', 'MAPE', 'inside'));
  for (const { key, mean, low, high, method, measures, course } of series) {
    const { wape, attainable, mase, bias, mape, coverage } = measures;
    const figures = [wape, attainable, mase, bias, mape, coverage].map((value) => value?.toFixed(2) ?? '-');
    lines.push(row(key || 'unknown', mean.toFixed(1), range(low, high), method, ...figures));
    for (const each of course ?? []) lines.push(`  ${each.date}  ${each.mean.toFixed(1).padStart(9)}  ${range(each.low, each.high)}`);
  }
  return lines;
}

/** What to order, as a table; a dash where the stock is not known. */
export function reorderLines({ shop, origin, leadDays, reviewDays, serviceLevel, words, products }: ReorderAnswer): string[] {
  const lines = words === null ? [] : [words];
  if (origin === null) return lines;
  lines.push(`${shop}: lead time ${leadDays} days, review every ${reviewDays}, service level ${serviceLevel}, forecast from ${origin}`);
  const cells = (product: string, ...figures: string[]): string =>
    [product.padEnd(20), ...figures.map((each) => each.padStart(11))].join(' ');
  lines.push(cells('product', 'stock', 'order at', 'order up to', 'order now'));
  for (const { productId, stock, reorderPoint, orderUpTo, orderQuantity } of products) {
    const figures = [stock, reorderPoint, orderUpTo, orderQuantity].map((units) => (units === null ? unknown : String(units)));
    lines.push(cells(productId || 'unknown', ...figures));
  }
  return lines;
}

/** In place of a figure that is not known. */
const unknown = '–';

function row(key: string, mean: string, interval: string, method: string, ...figures: string[]): string {
  return [
    key.padEnd(20),
    mean.padStart(9),
    interval.padStart(17),
    ` ${method.padEnd(14)}`,
    ...figures.map((each) => each.padStart(6)),
  ].join(' ');
}

const range = (low: number, high: number): string => `${low.toFixed(1)} - ${high.toFixed(1)}`;
