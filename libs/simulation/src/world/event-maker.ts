import type { Campaign, CampaignDay, Customer, Order, Product as ProductState, Return, StockCount, TopicName } from '#contracts';
import { dateText, dayMs, instantText, worldCurrency, worldStart } from '../law/calendar.js';
import { categories } from '../law/constants.data.js';
import type { Names } from '../random/names.js';
import type { Law } from './buyer-path.js';
import type { PlacedOrder } from './day-engine.js';
import type { PendingReturn, Timed } from './happenings.js';
import { customerId, moneyText } from './ids.js';
import { homeOf, personOf, updatedAt } from './people.js';
import { campaignId, type TrackedCampaign } from './tracked-campaigns.js';

/** An event ready to be sent. */
export interface WorldEvent {
  /** Recorded time, Unix milliseconds; events come in its order. */
  readonly at: number;
  readonly topic: TopicName;
  readonly key: string;
  /** The CloudEvent as JSON. */
  readonly value: string;
}

const currency = worldCurrency;

/** Makes events of what happens. Nothing latent passes: it is given what the shop can see. */
export class EventMaker {
  constructor(
    private readonly law: Law,
    private readonly source: string,
    private readonly names: Names,
  ) {}

  /** @param placed of an order: what `DayEngine.place` gave */
  event(happening: Timed, placed: PlacedOrder | undefined): WorldEvent {
    const { at } = happening;
    switch (happening.kind) {
      case 'product-listed':
      case 'product-repriced': {
        const { product } = happening;
        const data: ProductState = {
          productId: product.id,
          revision: product.revision,
          sku: `SKU-${product.id}`,
          name: product.name,
          category: categories[product.category]?.name ?? '',
          subcategory: product.subcategory,
          brand: product.brand,
          cost: moneyText(product.cost),
          price: moneyText(product.price),
          currency,
        };
        const type = happening.kind === 'product-listed' ? 'tideline.product.listed.v1' : 'tideline.product.updated.v1';
        return this.made(at, 'products.v1', product.id, type, product.id, data);
      }
      case 'campaign-started':
      case 'campaign-ended': {
        const { campaign } = happening;
        const ended = happening.kind === 'campaign-ended';
        const type = ended ? 'tideline.campaign.ended.v1' : 'tideline.campaign.started.v1';
        return this.made(at, 'campaigns.v1', campaign.id, type, campaign.id, campaignState(campaign, ended));
      }
      case 'campaign-day': {
        const { campaign, day, spend, impressions, clicks } = happening.report;
        const data: CampaignDay = {
          campaignId: campaign.id,
          date: dateText(day),
          revision: 1,
          currency,
          spend: moneyText(spend),
          impressions,
          clicks,
        };
        return this.made(at, 'campaigns.v1', campaign.id, 'tideline.campaign.day-reported.v1', `${campaign.id}/${data.date}`, data);
      }
      case 'registered':
        return this.customer(at, happening.customer, 1, at);
      case 'customer-updated':
        return this.customer(at, happening.customer, 2, happening.registeredAt);
      case 'ordered': {
        if (!placed) throw new RangeError('An order without a basket.');
        return this.order(at, happening.path.customer, placed);
      }
      case 'stock-counted': {
        const { product, units } = happening.count;
        const data: StockCount = { productId: product.id, countedAt: instantText(at), revision: 1, units };
        return this.made(at, 'products.v1', product.id, 'tideline.product.stock-counted.v1', `${product.id}/${data.countedAt}`, data);
      }
      case 'return-requested':
      case 'return-refunded':
        return this.returned(at, happening.pending, happening.kind === 'return-refunded');
    }
  }

  private customer(at: number, customer: number, version: 1 | 2, registeredAt: number): WorldEvent {
    const id = customerId(customer);
    const person = personOf(this.law.seed, customer, version, this.names);
    const data: Customer = {
      customerId: id,
      revision: version,
      registeredAt: instantText(registeredAt),
      name: person.name,
      email: person.email,
      country: person.country.name,
      region: person.region,
      city: person.city,
      acquisitionChannel: person.acquisitionChannel,
      consent: person.consent,
    };
    return this.made(at, 'customers.v1', id, version === 1 ? 'tideline.customer.registered.v1' : 'tideline.customer.updated.v1', id, data);
  }

  private order(at: number, customer: number, { id, basket }: PlacedOrder): WorldEvent {
    const updated = updatedAt(this.law.seed, customer, this.law.profile);
    const home = homeOf(this.law.seed, customer, updated !== undefined && updated <= at ? 2 : 1);
    const paid = basket.lines.reduce((sum, line) => sum + line.units * line.price - line.discount, 0);
    const data: Order = {
      orderId: id,
      revision: 1,
      status: 'placed',
      orderedAt: instantText(at),
      customerId: customerId(customer),
      currency,
      paymentMethod: basket.paymentMethod,
      channel: basket.channel,
      country: home.country.name,
      region: home.region,
      city: home.city,
      campaignId: basket.campaign ? campaignId(basket.campaign) : null,
      shipping: moneyText(basket.shipping),
      tax: moneyText(Math.round((paid * home.country.taxPercent) / 100)),
      lines: basket.lines.map(({ product, units, price, discount, cost }, index) => ({
        line: index + 1,
        productId: product.id,
        quantity: units,
        unitPrice: moneyText(price),
        ...(discount > 0 ? { discount: moneyText(discount) } : {}),
        unitCost: moneyText(cost),
      })),
    };
    return this.made(at, 'transactions.v1', customerId(customer), 'tideline.transaction.placed.v1', id, data);
  }

  private returned(at: number, pending: PendingReturn, refunded: boolean): WorldEvent {
    const shared = {
      returnId: pending.id,
      revision: refunded ? 2 : 1,
      requestedAt: instantText(pending.requestedAt),
      orderId: pending.order,
      customerId: customerId(pending.customer),
      currency,
      lines: pending.lines.map(({ line, units, amount, reason }, index) => ({
        line: index + 1,
        orderLine: line + 1,
        productId: pending.basket.lines[line]?.product.id ?? null,
        quantity: units,
        amount: moneyText(amount),
        reason,
      })),
    };
    const data: Return = refunded ? { ...shared, status: 'refunded', refundedAt: instantText(at) } : { ...shared, status: 'requested' };
    const type = refunded ? 'tideline.return.refunded.v1' : 'tideline.return.requested.v1';
    return this.made(at, 'returns.v1', data.customerId ?? pending.id, type, pending.id, data);
  }

  private made(at: number, topic: TopicName, key: string, type: string, subject: string, data: { revision: number }): WorldEvent {
    const time = instantText(at);
    // Ids and instants of this world need no escaping; stringify is for what may hold anything.
    const head = `{"specversion":"1.0","id":"${topic.slice(0, -3)}/${subject}/${data.revision}","source":"${this.source}","type":"${type}"`;
    const value = `${head},"subject":"${subject}","time":"${time}","recordedtime":"${time}","data":${JSON.stringify(data)}}`;
    return { at, topic, key, value };
  }
}

function campaignState({ id, name, run, channel, budget }: TrackedCampaign, ended: boolean): Campaign {
  return {
    campaignId: id,
    revision: ended ? 2 : 1,
    status: ended ? 'ended' : 'running',
    name,
    kind: run.kind.name,
    channel,
    budget: moneyText(budget),
    currency,
    startsAt: instantText(worldStart + run.firstDay * dayMs),
    endsAt: instantText(worldStart + (run.lastDay + 1) * dayMs),
  };
}
