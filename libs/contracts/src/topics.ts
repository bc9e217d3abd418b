import type { z } from 'zod';
import { alertCameDue, alertCommanded, alertMoved } from './events/alert.event.js';
import { campaignDayReported, campaignEnded, campaignStarted, campaignUpdated } from './events/campaign.event.js';
import { clockTicked } from './events/clock.event.js';
import { figuresCommitted } from './events/committed.event.js';
import { customerRegistered, customerUpdated } from './events/customer.event.js';
import { productListed, productUpdated, stockCounted } from './events/product.event.js';
import { returnRefunded, returnRequested } from './events/return.event.js';
import { customerScored } from './events/score.event.js';
import { transactionCancelled, transactionCorrected, transactionPlaced } from './events/transaction.event.js';

/** One topic of a shop. Partition counts are fixed at creation: a key must never change its partition. */
export interface TopicContract {
  readonly partitions: number;
  /** What the message key is, for people who write producers. */
  readonly key: string;
  readonly events: readonly z.ZodType[];
}

/** Every topic of a shop, without the shop's prefix. Adding an event type is a line here. */
export const topics = {
  'customers.v1': { partitions: 4, key: 'customerId', events: [customerRegistered, customerUpdated] },
  'products.v1': { partitions: 2, key: 'productId', events: [productListed, productUpdated, stockCounted] },
  'campaigns.v1': {
    partitions: 1,
    key: 'campaignId',
    events: [campaignStarted, campaignUpdated, campaignEnded, campaignDayReported],
  },
  'transactions.v1': {
    partitions: 4,
    key: 'customerId, orderId for a guest',
    events: [transactionPlaced, transactionCorrected, transactionCancelled],
  },
  'returns.v1': { partitions: 4, key: 'customerId, returnId for a guest', events: [returnRequested, returnRefunded] },
  'clock.v1': { partitions: 1, key: 'none', events: [clockTicked] },
  'committed.v1': { partitions: 1, key: 'none', events: [figuresCommitted] },
  'alerts.v1': { partitions: 4, key: 'customerId', events: [customerScored, alertCommanded, alertCameDue, alertMoved] },
} as const satisfies Record<string, TopicContract>;

export type TopicName = keyof typeof topics;

/** Full name of a shop's topic on the broker: `online-retail.transactions.v1`. */
export function topicOf(shop: string, topic: TopicName): string {
  return `${shop}.${topic}`;
}
