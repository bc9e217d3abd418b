import type { FeedItem, RoomQuery } from '#contracts';
import { LiveRoom, Roles, type RoomAnswer, type RoomReader } from '#http';
import { findShop, instantOf, READ_GATE, SHOP_DIRECTORY, type LiveEvent, type ReadGate, type ShopDirectory } from '#warehouse';
import { Inject } from '@nestjs/common';
import { stampFields } from '../kpi.service.js';
import { amountText, toMicros } from '../money.js';
import { LiveTail } from './live-tail.js';

/** The newest accepted orders and returns that the figures hold. */
@LiveRoom({ name: 'feed' })
@Roles('viewer')
export class FeedRoom implements RoomReader<'feed'> {
  constructor(
    @Inject(SHOP_DIRECTORY) private readonly shops: ShopDirectory,
    @Inject(READ_GATE) private readonly gate: ReadGate,
    @Inject(LiveTail) private readonly tail: LiveTail,
  ) {}

  async read(name: string, { limit }: RoomQuery<'feed'>): Promise<RoomAnswer<'feed'>> {
    const shop = await findShop(this.shops, name);
    const { stamp } = await this.gate.read(shop, () => Promise.resolve(), 'live');
    const { events, newestAt } = await this.tail.at(shop, stamp);
    return {
      data: { currency: shop.currency, timeZone: shop.timeZone, items: onceEach(events).slice(0, limit).map(itemOf) },
      stamp: stampFields(stamp),
      newestAt,
    };
  }
}

const kinds: Readonly<Record<string, FeedItem['kind']>> = {
  'tideline.transaction.placed.v1': 'order',
  'tideline.transaction.corrected.v1': 'correction',
  'tideline.transaction.cancelled.v1': 'cancellation',
  'tideline.return.refunded.v1': 'refund',
  'tideline.return.requested.v1': 'return-request',
};

/** Who sends delivers at least once, and a line is known by the id of its event: of one that came twice the newest stays. */
function onceEach(events: readonly LiveEvent[]): LiveEvent[] {
  const seen = new Set<string>();
  return events.filter(({ event_id: id }) => !seen.has(id) && seen.add(id));
}

function itemOf(event: LiveEvent): FeedItem {
  return {
    id: event.event_id,
    kind: kinds[event.type] ?? 'order',
    entity: event.entity,
    time: instantOf(event.event_time).toISOString(),
    customer: event.customer === '' ? null : event.customer,
    country: event.country === '' ? null : event.country,
    amount: amountText(toMicros(event.amount)),
    units: Number(event.units),
  };
}
