import {
  topics,
  type Campaign,
  type CampaignDay,
  type ClockTick,
  type Customer,
  type Order,
  type Product,
  type Return,
  type StockCount,
} from '#contracts';
import type { LedgerTopic } from '#warehouse';
import type { z } from 'zod';
import { compileCheck } from './ledger/compiled-contract.js';
import { mapCampaign, mapCampaignDay } from './mappers/campaign.mapper.js';
import { mapClockTick } from './mappers/clock.mapper.js';
import { mapCustomer } from './mappers/customer.mapper.js';
import type { LedgerConsumer, Mapped } from './mappers/ledger-mapper.js';
import { mapProduct, mapStockCount } from './mappers/product.mapper.js';
import { mapReturn } from './mappers/return.mapper.js';
import { mapTransaction } from './mappers/transaction.mapper.js';

/**
 * Every topic that has a ledger, with its mapper. `data` was validated by the contract of its `type` before it comes here,
 * which is what makes the casts true.
 */
export const ledgerConsumers: Readonly<Record<LedgerTopic, LedgerConsumer>> = {
  'transactions.v1': consumer('transactions.v1', (_, data) => mapTransaction(data as Order)),
  'returns.v1': consumer('returns.v1', (_, data) => mapReturn(data as Return)),
  'customers.v1': consumer('customers.v1', (_, data) => mapCustomer(data as Customer)),
  'products.v1': consumer('products.v1', (type, data) =>
    type === 'tideline.product.stock-counted.v1' ? mapStockCount(data as StockCount) : mapProduct(data as Product),
  ),
  'campaigns.v1': consumer('campaigns.v1', (type, data) =>
    type === 'tideline.campaign.day-reported.v1' ? mapCampaignDay(data as CampaignDay) : mapCampaign(data as Campaign),
  ),
  'clock.v1': consumer('clock.v1', (_, data) => mapClockTick(data as ClockTick, '')),
};

/** Which topic each known `type` belongs to, for the reason `wrong-topic`. */
export const topicOfType: ReadonlyMap<string, string> = new Map(
  Object.entries(topics).flatMap(([topic, { events }]) => events.map((contract) => [typeOf(contract), topic] as const)),
);

function consumer(topic: LedgerTopic, map: (type: string, data: unknown) => Mapped): LedgerConsumer {
  const contracts = topics[topic].events.map((schema) => [typeOf(schema), { schema, check: compileCheck(schema) }] as const);
  return { topic, contracts: new Map(contracts), map };
}

function typeOf(contract: z.ZodObject<{ type: z.ZodLiteral<string> }> | z.ZodType): string {
  return (contract as z.ZodObject<{ type: z.ZodLiteral<string> }>).shape.type.value;
}
