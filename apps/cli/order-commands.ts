import type { AlertLogEntry, AlertOrder } from '#contracts';
import type { InstanceClient } from '#importing';
import { InvalidArgumentError, type Command } from 'commander';
import { instanceAt } from './instance.js';
import { shopCommand, type ShopOptions } from './shop-command.js';

type Say = (client: InstanceClient, options: ShopOptions, which: string, order: AlertOrder) => Promise<void>;

/**
 * What people do with an alert, or an alarm: they have the same life.
 * @param argument how it is named, and what that is
 * @param clock by which a snooze goes
 * @param say says the order and prints what came of it
 */
export function orderCommands(argument: string, help: string, clock: string, say: Say): Command[] {
  const of = (name: string, description: string, told: string | undefined, orderOf: (text: string) => AlertOrder): Command => {
    const command = shopCommand(name, description).argument(argument, help);
    if (told !== undefined) command.argument(told);
    return command.action(async (which: string, ...rest: unknown[]) => {
      const options = rest[told === undefined ? 0 : 1] as ShopOptions;
      await say(await instanceAt(options.url), options, which, orderOf(String(rest[0])));
    });
  };
  return [
    of('ack', 'It is in your hands.', undefined, () => ({ command: 'acknowledge' })),
    of('assign', 'Puts it into somebody’s hands.', '<person>', (assignee) => ({ command: 'assign', assignee })),
    of('comment', 'Says something about it.', '<text>', (text) => ({ command: 'comment', text })),
    of('snooze', `Until an instant of ${clock}.`, '<until>', (until) => ({ command: 'snooze', until })),
    of('act', 'Something was done.', '<action>', (action) => ({ command: 'act', action })),
    of('rate', 'Was it useful?', '<yes|no>', (text) => ({ command: 'rate', useful: parseUseful(text) })),
  ];
}

/** All that happened to one, a line each. */
export function logLines(log: readonly AlertLogEntry[]): string[] {
  return log.map(({ at, step, refused, by, detail }) => `${at}  ${step ?? `refused: ${refused}`}${by ? ` by ${by}` : ''}  ${detail}`);
}

function parseUseful(text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw new InvalidArgumentError('It must be yes or no.');
  return text === 'yes';
}
