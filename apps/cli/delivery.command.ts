import { deliveryChannelBody, deliveryStates, type DeliveryItem } from '#contracts';
import { Command, InvalidArgumentError } from 'commander';
import { instanceAt } from './instance.js';
import { inForm, readJson } from './json-file.js';
import { say } from './say.js';
import { countsText, shopCommand, type ShopOptions } from './shop-command.js';

/** `delivery`: channels, what went out, what waits, what was given up, and another try for that. */
export function deliveryCommand(): Command {
  return new Command('delivery')
    .description('Webhooks, chat and mail: channels, deliveries, another try for dead ones.')
    .addCommand(
      shopCommand('channels', 'Where alerts and alarms are sent.').action(async ({ shop, url, json }: ShopOptions) => {
        const answer = await (await instanceAt(url)).deliveryChannels(shop);
        if (json) return say(JSON.stringify(answer));
        for (const each of answer.channels) {
          const where = each.kind === 'webhook' ? each.url : each.kind === 'slack' ? `secret ${each.secret}` : each.to.join(', ');
          say(`${each.id}  ${each.on ? 'on' : 'off'}  ${each.kind}: ${where}  (revision ${each.revision} by ${each.by})`);
        }
      }),
    )
    .addCommand(
      shopCommand('put', 'Puts the next revision of a channel, or a new one.')
        .argument('<channel>', 'its id')
        .argument('<file>', 'JSON as PUT delivery-channels takes it; revision may be left out')
        .action(async (channel: string, file: string, { shop, url, json }: ShopOptions) => {
          const said = await readJson(file);
          const instance = await instanceAt(url);
          const { channels } = await instance.deliveryChannels(shop);
          const revision = channels.find(({ id }) => id === channel)?.revision ?? 0;
          const put = await instance.putDeliveryChannel(shop, channel, inForm(deliveryChannelBody, { revision, ...said }, file));
          say(json ? JSON.stringify(put) : `${put.id} is at revision ${put.revision}, ${put.on ? 'on' : 'off'}.`);
        }),
    )
    .addCommand(
      shopCommand('list', 'Deliveries, the newest first.')
        .option('--state <state>', deliveryStates.join(', '))
        .option('--channel <channel>', 'of one channel')
        .action(async ({ shop, url, json, state, channel }: ShopOptions & { state?: string; channel?: string }) => {
          const asked = { ...(state === undefined ? {} : { state }), ...(channel === undefined ? {} : { channel }) };
          const answer = await (await instanceAt(url)).deliveries(shop, asked);
          if (json) return say(JSON.stringify(answer));
          for (const each of answer.deliveries) say(lineOf(each));
          say(countsText(answer.counts));
        }),
    )
    .addCommand(
      shopCommand('show', 'One with what it says and every attempt.')
        .argument('<delivery>', 'its id')
        .action(async (id: string, { shop, url, json }: ShopOptions) => {
          const answer = await (await instanceAt(url)).delivery(shop, id);
          if (json) return say(JSON.stringify(answer));
          say(lineOf(answer.delivery));
          for (const { at, step, by, detail, nextAt } of answer.log) {
            const next = nextAt === null ? '' : `  next ${nextAt}`;
            say(`${at}  ${step}${by === null ? '' : ` by ${by}`}  ${detail}${next}`);
          }
        }),
    )
    .addCommand(
      shopCommand('redrive', 'Tries a dead delivery again, or all dead ones of a channel.')
        .argument('[delivery]', 'its id')
        .option('--channel <channel>', 'all of a channel')
        .action(async (id: string | undefined, { shop, url, json, channel }: ShopOptions & { channel?: string }) => {
          if ((id === undefined) === (channel === undefined))
            throw new InvalidArgumentError('Name a delivery, or a channel with --channel.');
          const instance = await instanceAt(url);
          const answer = id === undefined ? await instance.redriveChannel(shop, channel ?? '') : await instance.redrive(shop, id);
          say(json ? JSON.stringify(answer) : `${answer.redriven.length} deliveries are tried again.`);
        }),
    );
}

function lineOf({ id, channel, about, subject, step, state, attempts, createdAt, detail }: DeliveryItem): string {
  return `${id}  ${createdAt}  ${channel}: ${about} ${subject} ${step}, ${state} after ${attempts} attempts${detail === '' ? '' : `: ${detail}`}`;
}
