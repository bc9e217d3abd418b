import type { EventPathAnswer } from '#contracts';
import { Command } from 'commander';
import { instanceAt, parseUrl, urlHelp } from './instance.js';
import { parseShop } from './parse-shop.js';
import { say } from './say.js';

/** `event`: where an event went. */
export function eventCommand(): Command {
  return new Command('event')
    .description('Shows where an event went: offset, verdict, row of the ledger, facts, and the figures it is part of now.')
    .argument('<id>', 'an event, or what events are about: an order, a return, a customer, a product, a campaign, campaign/date')
    .requiredOption('--shop <id>', 'the shop', parseShop)
    .option('--json', 'print the result as one JSON object')
    .option('--url <url>', urlHelp, parseUrl)
    .action(async (id: string, { shop, json, url }: { shop: string; json?: true; url?: string }) => {
      const path = await (await instanceAt(url)).eventPath(shop, id);
      if (json) return say(JSON.stringify(path));
      for (const line of linesOf(path)) say(line);
    });
}

/** An event's path in lines for people. */
export function linesOf(path: EventPathAnswer): string[] {
  const lines = path.events.flatMap((event) => {
    const about = event.entity === '' ? '' : ` about ${event.entity}`;
    const known = event.recordedTime === null ? '' : `, known ${event.recordedTime}`;
    const verdict = event.verdict === 'accepted' ? 'accepted' : `${event.verdict} (${event.reason}): ${event.detail}`;
    const revision = event.verdict === 'accepted' ? `revision ${event.revision}, hash ${event.hash}, ` : '';
    return [
      `event     ${event.eventId || '(no id)'}  ${event.type || '(no type)'}${about}`,
      `  offset  ${placeOf(event)}, in the ledger since ${event.ingestedAt}${known}`,
      `  verdict ${verdict}`,
      `  ledger  ${revision}${wordsOf(event)}${event.inFigures ? '' : '; the figures have not come to it yet'}`,
    ];
  });
  if (path.more) lines.push('event     ... and more of this id');
  for (const { table, row } of path.facts) lines.push(`fact      ${table.padEnd(22)} ${cellsOf(row)}`);
  if (path.facts.length === 0) lines.push('fact      none');
  for (const figure of path.figures) {
    const { table, grain, dimension, member, bucket } = figure;
    const where = [grain, dimension, memberText(dimension, member), bucket].filter((word) => word !== '').join('  ');
    const buyers = figure.buyers === null ? '' : `  buyers ${figure.buyers}`;
    lines.push(
      `figure    ${table.padEnd(22)} ${where}: gross ${figure.grossSales}  discounts ${figure.discounts}  returns ${figure.returns}  orders ${figure.orders}  units ${figure.units}${buyers}`,
    );
  }
  if (path.figures.length === 0) lines.push('figure    none');
  lines.push(`as of     ${path.asOf ?? 'no time yet'}, generation ${path.generation}${path.partial ? ' (of two generations)' : ''}`);
  return lines;
}

/** A region carries its country, a city both; what no line of an order bears belongs to no product. */
function memberText(dimension: string, member: string): string {
  if (dimension === 'all') return '';
  if (dimension === 'product' && member.startsWith('\u001f')) return '(discounts on whole orders)';
  return member
    .split('\u001f')
    .map((part) => part || '(unknown)')
    .join(' / ');
}

type Shown = EventPathAnswer['events'][number];

function wordsOf({ standing, by }: Shown): string {
  const other = by && `revision ${by.revision}, hash ${by.hash} (event ${by.eventId} at ${placeOf(by)})`;
  switch (standing) {
    case 'winner':
      return 'it counts';
    case 'superseded':
      return `superseded by ${other}`;
    case 'repeat':
      return `says again what counts already: ${other}`;
    case 'rejected':
      return 'a dead letter: it counts nowhere';
    case 'gap':
      return 'messages that the broker no longer had';
    case 'tick':
      return 'it moved the clock';
  }
}

function placeOf({ topic, partition, epoch, offset }: Pick<Shown, 'topic' | 'partition' | 'epoch' | 'offset'>): string {
  return `${topic}/${partition} ${epoch}:${offset}`;
}

/** What is there: empty columns say nothing. */
function cellsOf(row: Readonly<Record<string, string | null>>): string {
  return Object.entries(row)
    .filter(([, value]) => value !== null && value !== '')
    .map(([column, value]) => `${column} ${value}`)
    .join(', ');
}
