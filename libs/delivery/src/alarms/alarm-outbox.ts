import type { AlarmStep, AlarmTeller } from '#alarms';
import { isSandbox, type DeliveryChannelRepository, type DeliveryRepository, type Shop } from '#warehouse';
import { ChannelBook } from '../channels/channel-book.js';
import type { DeliveryMetrics } from '../delivery.metrics.js';
import { deliveriesOfAlarm } from '../outbox/occasions.js';

export interface AlarmOutboxParts {
  readonly outbox: Pick<DeliveryRepository, 'append'>;
  readonly channels: Pick<DeliveryChannelRepository, 'all'>;
  readonly metrics: Pick<DeliveryMetrics, 'written'>;
}

/** Puts alarms into the outbox of their shop; whoever sends the shop's deliveries sends them. */
export class AlarmOutbox implements AlarmTeller {
  constructor(private readonly parts: AlarmOutboxParts) {}

  /** The same step again is the same delivery. @throws what the store does; a shop that cannot start has no outbox */
  async tell(shop: Shop, step: AlarmStep): Promise<void> {
    // Nobody has channels of a sandbox.
    if (isSandbox(shop)) return;
    const { channels, outbox, metrics } = this.parts;
    const around = { shop, channels: new ChannelBook(await channels.all(shop)), clock: null, now: Date.now() };
    const rows = deliveriesOfAlarm(step, around);
    await outbox.append(shop, rows);
    metrics.written(shop.shop, rows);
  }
}
