import type { AlarmItem } from '#contracts';
import { ImportError, type InstanceClient } from '#importing';
import { Command } from 'commander';
import { instanceAt } from './instance.js';
import { logLines, orderCommands } from './order-commands.js';
import { say } from './say.js';
import { shopCommand, type ShopOptions } from './shop-command.js';

const which = 'its id, or a code: all that stand of it';

/** `alarms`: what the pipeline complains of, and what people do about it. */
export function alarmsCommand(): Command {
  const alarms = new Command('alarms').description('Alarms of the pipeline: list, show, and what you do with them.');
  alarms
    .addCommand(
      shopCommand('list', 'The newest first, those that are not over.')
        .option('--state <state>', 'open, acknowledged, acted, recovered or live', 'live')
        .action(async ({ shop, url, json, state }: ShopOptions & { state: string }) => {
          const answer = await (await instanceAt(url)).alarms(shop, { state });
          if (json) return say(JSON.stringify(answer));
          for (const alarm of answer.alarms) say(lineOf(alarm));
          if (answer.alarms.length === 0) say(state === 'live' ? 'Nothing is wrong.' : `None is ${state}.`);
        }),
    )
    .addCommand(
      shopCommand('show', 'One with all that happened to it.')
        .argument('<alarm>', 'its id')
        .action(async (id: string, { shop, url, json }: ShopOptions) => {
          const answer = await (await instanceAt(url)).alarm(shop, id);
          if (json) return say(JSON.stringify(answer));
          say(lineOf(answer.alarm));
          say(`  ${answer.alarm.runbook}`);
          for (const line of logLines(answer.log)) say(line);
        }),
    );
  const orders = orderCommands('<alarm>', which, 'the time here', async (client, { shop, json }, named, order) => {
    // One that somebody has taken already keeps nobody from the others.
    const faults: unknown[] = [];
    for (const id of await idsOf(client, shop, named)) {
      await client.orderAlarm(shop, id, order).then(
        (answer) => say(json ? JSON.stringify(answer) : `Done. ${lineOf(answer.alarm)}`),
        (error: unknown) => faults.push(error),
      );
    }
    if (faults.length > 0) throw faults[0];
  });
  for (const command of orders) alarms.addCommand(command);
  return alarms;
}

/** A code names all that stand of it and can be spoken to. @throws {ImportError} `instance-refused` where there is none */
async function idsOf(client: InstanceClient, shop: string, named: string): Promise<string[]> {
  if (/^[0-9a-f]{32}$/.test(named)) return [named];
  const { alarms } = await client.alarms(shop, { state: 'live' });
  const ids = alarms.flatMap(({ alarmId, code }) => (code === named && alarmId !== null ? [alarmId] : []));
  if (ids.length > 0) return ids;
  const codes = [...new Set(alarms.flatMap(({ alarmId, code }) => (alarmId === null ? [] : [code])))];
  const there = codes.length === 0 ? 'None does' : `There are: ${codes.join(', ')}`;
  throw new ImportError(
    'instance-refused',
    `No alarm ${named} of ${shop} stands. ${there}. An alarm can be spoken to once it has stood for ten seconds.`,
  );
}

function lineOf({ alarmId, code, subject, since, state, assignee, snoozedUntil, message }: AlarmItem): string {
  const whose = assignee === null ? '' : `, with ${assignee}`;
  const asleep = snoozedUntil === null ? '' : `, snoozed until ${snoozedUntil}`;
  return `${alarmId ?? '(new)'}  ${since}  ${code} ${subject}: ${state}${whose}${asleep}. ${message}`;
}
