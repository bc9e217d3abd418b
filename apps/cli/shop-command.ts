import { Command } from 'commander';
import { parseUrl, urlHelp } from './instance.js';
import { parseShop } from './parse-shop.js';

/** Options of a command that asks an instance about one shop. */
export interface ShopOptions {
  readonly shop: string;
  readonly url?: string;
  readonly json?: true;
}

/** A command with `ShopOptions`. */
export function shopCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--shop <id>', 'the shop', parseShop)
    .option('--json', 'print the answer as one JSON object')
    .option('--url <url>', urlHelp, parseUrl);
}

/** `3 open, 1 acted` */
export function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/** `80 %` */
export function percentText(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`;
}
