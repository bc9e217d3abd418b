import { z } from 'zod';
import { id, instant, label, shopId } from '../primitives.js';
import { alertRuleId } from './alerts.js';

/** Name of a secret; its value is in the secrets file of the process that sends, never in the store. */
export const secretName = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be the name of a secret: lower-case letters, digits and single hyphens');

export const channelId = alertRuleId;

/** Whether customers' data may go to an address: encrypted, or to this very machine. */
export function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
}

/** An address that may be kept and shown: nothing in it is a secret. */
const openUrl = z
  .string()
  .max(500)
  .refine(isSafeAddress, 'must be an https address (http on this machine only): it carries data of customers')
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const { username, password, search, hash } = new URL(text);
    return `${username}${password}${search}${hash}` === '';
  }, 'must hold no user, password, query or fragment: it is kept and shown. Deliveries are signed, which says more than a token');

/** Where a channel sends to, by its kind. */
const addresses = {
  webhook: { kind: z.literal('webhook'), url: openUrl, secret: secretName.describe('Its value signs each delivery') },
  slack: { kind: z.literal('slack'), secret: secretName.describe('Its value is the URL of the incoming webhook') },
  mail: {
    kind: z.literal('mail'),
    to: z.array(z.email().max(254)).min(1, 'must name at least one address').max(20),
    mode: z.enum(['single', 'digest']).default('single'),
    digestHour: z.int().min(0).max(23).default(8).describe("Of a digest: the hour of the shop's clock and zone at which it goes out"),
    server: secretName.default('mail-server').describe('Its value is the URL of the mail server: smtps://user:password@host:465'),
  },
} as const;

const common = {
  name: label.max(100),
  on: z.boolean().default(true).describe('Off: nothing new is put into the outbox, and what waits there is held back'),
  rules: z.array(alertRuleId).max(100).nullable().default(null).describe('Alerts of these rules; null: of all'),
  recovered: z.boolean().default(false).describe('Also when an alert has recovered, and when an alarm has gone'),
  alarms: z.array(z.string().max(40)).max(50).nullable().default([]).describe('Alarms of the pipeline with these codes; null: all'),
} as const;
const revised = { revision: z.int().min(0).describe('Of the channel this one replaces; 0 for a new one') } as const;
const stored = {
  id: channelId,
  revision: z.int().min(1),
  by: z.string(),
  putAt: instant.describe('Wall clock: what was decided from then on goes by this revision'),
} as const;

/** A channel as it is put. `revision` is the one it replaces: who had seen another one is refused. */
export const deliveryChannelBody = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, ...addresses.webhook, ...revised }),
  z.strictObject({ ...common, ...addresses.slack, ...revised }),
  z.strictObject({ ...common, ...addresses.mail, ...revised }),
]);
export const deliveryChannel = z.discriminatedUnion('kind', [
  z.object({ ...common, ...addresses.webhook, ...stored }),
  z.object({ ...common, ...addresses.slack, ...stored }),
  z.object({ ...common, ...addresses.mail, ...stored }),
]);
export const deliveryChannelsAnswer = z.object({ shop: shopId, channels: z.array(deliveryChannel) });

const head = {
  id: z.string().describe('The idempotency key: the same at each attempt'),
  shop: shopId,
  channel: channelId,
  at: instant.describe('When it happened: shop time of an alert, wall clock of an alarm'),
} as const;

/** What a webhook gets as its body, and what mail and chat are made of. */
export const deliveryMessage = z.discriminatedUnion('about', [
  z.object({
    ...head,
    about: z.literal('alert'),
    step: z.enum(['opened', 'recovered']),
    alert: z.object({
      alertId: id,
      customerId: id,
      rule: alertRuleId,
      band: z.enum(['medium', 'high']),
      model: z.string(),
      probability: z.number(),
      orders: z.int(),
      netValueAtStake: z.string(),
      currency: z.string(),
      reasons: z.array(z.string()),
      openedAt: instant,
      expiresAt: instant,
    }),
  }),
  z.object({
    ...head,
    about: z.literal('alarm'),
    step: z.enum(['raised', 'cleared']),
    alarm: z.object({ code: z.string(), subject: z.string(), message: z.string(), since: instant, runbook: z.string() }),
  }),
]);

export const deliveryStates = ['waiting', 'delivered', 'dead'] as const;
export const deliverySteps = ['created', 'delivered', 'failed', 'dead', 'redriven'] as const;

export const deliveryItem = z.object({
  id: z.string(),
  channel: channelId,
  about: z.enum(['alert', 'alarm']),
  subject: z.string().describe('The alert, or code and subject of the alarm'),
  step: z.string(),
  state: z.enum(deliveryStates),
  attempts: z.int().describe('Since it was put into the outbox, or redriven'),
  createdAt: instant,
  movedAt: instant,
  nextAt: instant.nullable().describe('Not tried before'),
  digestAt: instant.nullable().describe("Of a digest: the instant of the shop's clock at which it goes out"),
  detail: z.string().describe('What came of the last attempt'),
});
export const deliveryLogEntry = z.object({
  at: instant,
  step: z.enum(deliverySteps),
  by: z.string().nullable(),
  detail: z.string(),
  nextAt: instant.nullable(),
});

export const deliveriesQuery = z.strictObject({
  state: z.enum(deliveryStates).optional(),
  channel: channelId.optional(),
  subject: label.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export const deliveriesAnswer = z.object({
  shop: shopId,
  deliveries: z.array(deliveryItem),
  counts: z.object({ waiting: z.int(), delivered: z.int(), dead: z.int() }),
});
export const deliveryAnswer = z.object({
  shop: shopId,
  delivery: deliveryItem,
  message: deliveryMessage.nullable().describe('null where the store has none that can be read'),
  log: z.array(deliveryLogEntry),
});
export const redriveAnswer = z.object({ shop: shopId, redriven: z.array(z.string()) });
export const redriveBody = z.strictObject({ channel: channelId.describe('All dead deliveries of it, at most 1,000 at a time') });

export type DeliveryChannelBody = z.output<typeof deliveryChannelBody>;
export type DeliveryChannel = z.output<typeof deliveryChannel>;
export type DeliveryChannelsAnswer = z.output<typeof deliveryChannelsAnswer>;
export type DeliveryMessage = z.output<typeof deliveryMessage>;
export type DeliveryState = (typeof deliveryStates)[number];
export type DeliveryStep = (typeof deliverySteps)[number];
export type DeliveryItem = z.output<typeof deliveryItem>;
export type DeliveryLogEntry = z.output<typeof deliveryLogEntry>;
export type DeliveriesQuery = z.output<typeof deliveriesQuery>;
export type DeliveriesAnswer = z.output<typeof deliveriesAnswer>;
export type DeliveryAnswer = z.output<typeof deliveryAnswer>;
export type RedriveAnswer = z.output<typeof redriveAnswer>;
