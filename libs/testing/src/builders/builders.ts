import type { Campaign, CampaignDay, ClockTick, Customer, Order, OrderLine, Product, Return, ReturnLine, StockCount } from '#contracts';
import { message, usualInstant, type EnvelopeChange, type TestMessage } from './message.js';

/** Line 1: one `product-1` at 10.00. */
export function aLine(change: Partial<OrderLine> = {}): OrderLine {
  return { line: 1, productId: 'product-1', quantity: 1, unitPrice: '10.00', ...change };
}

/** Line 1: 4.00 paid back for one unit; it names neither a line of the order nor a product. */
export function aReturnLine(change: Partial<ReturnLine> = {}): ReturnLine {
  return { line: 1, quantity: 1, amount: '4.00', ...change };
}

/**
 * An order's full state: `order-1` of `customer-1`, one line of 10.00, placed. `customerId: null` makes a guest's.
 * The type follows from status and revision: placed, corrected from revision 2 on, cancelled.
 */
export function anOrder(change: Partial<Order> = {}, envelope: EnvelopeChange = {}): TestMessage {
  const data = {
    orderId: 'order-1',
    revision: 1,
    status: 'placed',
    orderedAt: usualInstant,
    customerId: 'customer-1',
    currency: 'GBP',
    lines: [aLine()],
    ...change,
  } as Order;
  const step = data.status === 'cancelled' ? 'cancelled' : data.revision === 1 ? 'placed' : 'corrected';
  const defaults = { type: `tideline.transaction.${step}.v1`, subject: data.orderId, time: data.orderedAt };
  return message('transactions.v1', data.customerId ?? data.orderId, data, defaults, envelope);
}

/** A return's full state: `return-1` of `order-1`, refunded with 4.00 at the usual instant. `status: 'requested'` refunds nothing. */
export function aReturn(
  change: Partial<Omit<Return, 'status' | 'refundedAt'>> & { status?: Return['status']; refundedAt?: string } = {},
  envelope: EnvelopeChange = {},
): TestMessage {
  const { refundedAt = usualInstant, ...rest } = change;
  const state = {
    returnId: 'return-1',
    revision: 1,
    status: 'refunded',
    orderId: 'order-1',
    customerId: 'customer-1',
    currency: 'GBP',
    lines: [aReturnLine()],
    ...rest,
  };
  const data = state.status === 'refunded' ? { ...state, refundedAt } : state;
  const defaults = { type: `tideline.return.${data.status}.v1`, subject: data.returnId, time: refundedAt };
  return message('returns.v1', data.customerId ?? data.returnId, data, defaults, envelope);
}

/** A customer's full state: `customer-1`, of whom nothing else is known. */
export function aCustomer(change: Partial<Customer> = {}, envelope: EnvelopeChange = {}): TestMessage {
  const data: Customer = { customerId: 'customer-1', revision: 1, ...change };
  const defaults = {
    type: `tideline.customer.${data.revision === 1 ? 'registered' : 'updated'}.v1`,
    subject: data.customerId,
    time: usualInstant,
  };
  return message('customers.v1', data.customerId, data, defaults, envelope);
}

/** A product's full state: `product-1`, of which nothing else is known. */
export function aProduct(change: Partial<Product> = {}, envelope: EnvelopeChange = {}): TestMessage {
  const data: Product = { productId: 'product-1', revision: 1, currency: 'GBP', ...change };
  const defaults = {
    type: `tideline.product.${data.revision === 1 ? 'listed' : 'updated'}.v1`,
    subject: data.productId,
    time: usualInstant,
  };
  return message('products.v1', data.productId, data, defaults, envelope);
}

/** A count of what lay in stock: 100 units of `product-1` at the usual instant. */
export function aStockCount(change: Partial<StockCount> = {}, envelope: EnvelopeChange = {}): TestMessage {
  const data: StockCount = { productId: 'product-1', countedAt: usualInstant, revision: 1, units: 100, ...change };
  const defaults = {
    type: 'tideline.product.stock-counted.v1',
    subject: `${data.productId}/${data.countedAt}`,
    time: data.countedAt,
  };
  return message('products.v1', data.productId, data, defaults, envelope);
}

/** A campaign's full state: `campaign-1`, running since the usual instant. */
export function aCampaign(change: Partial<Campaign> = {}, envelope: EnvelopeChange = {}): TestMessage {
  const data: Campaign = {
    campaignId: 'campaign-1',
    revision: 1,
    status: 'running',
    name: 'Campaign 1',
    currency: 'GBP',
    startsAt: usualInstant,
    ...change,
  };
  const step = data.status === 'ended' ? 'ended' : data.revision === 1 ? 'started' : 'updated';
  return message(
    'campaigns.v1',
    data.campaignId,
    data,
    { type: `tideline.campaign.${step}.v1`, subject: data.campaignId, time: usualInstant },
    envelope,
  );
}

/** What `campaign-1` spent and reached on a day: 5.00, 100 impressions, 10 clicks on 10 January 2024. */
export function aCampaignDay(change: Partial<CampaignDay> = {}, envelope: EnvelopeChange = {}): TestMessage {
  const data: CampaignDay = {
    campaignId: 'campaign-1',
    date: '2024-01-10',
    revision: 1,
    currency: 'GBP',
    spend: '5.00',
    impressions: 100,
    clicks: 10,
    ...change,
  };
  const defaults = {
    type: 'tideline.campaign.day-reported.v1',
    subject: `${data.campaignId}/${data.date}`,
    time: `${data.date}T12:00:00Z`,
  };
  return message('campaigns.v1', data.campaignId, data, defaults, envelope);
}

/** The shop's time moved, to the usual instant. */
export function aTick(change: Partial<ClockTick> = {}, envelope: EnvelopeChange = {}): TestMessage {
  const data: ClockTick = { now: usualInstant, speed: 1, offsets: {}, ...change };
  return message('clock.v1', null, data, { type: 'tideline.clock.ticked.v1', subject: 'clock', time: data.now }, envelope);
}
