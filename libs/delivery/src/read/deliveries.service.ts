import {
  deliveryMessage,
  type DeliveriesAnswer,
  type DeliveriesQuery,
  type DeliveryAnswer,
  type DeliveryItem,
  type DeliveryLogEntry,
} from '#contracts';
import type { DeliveryRepository, Shop, StandingDelivery } from '#warehouse';
import { DeliveryError } from '../delivery.errors.js';
import { redriven, stands } from '../outbox/life.js';
import { jsonOf } from '../outbox/stored-json.js';

/** So many dead deliveries of a channel are redriven at a time. */
const mostRedriven = 1_000;

/** What people ask of the outbox, and what they do with dead deliveries. */
export class DeliveriesService {
  constructor(
    private readonly outbox: Pick<DeliveryRepository, 'page' | 'counts' | 'log' | 'append'>,
    private readonly now: () => number = Date.now,
  ) {}

  async list(shop: Shop, { limit, ...filter }: DeliveriesQuery): Promise<DeliveriesAnswer> {
    const [page, counts] = await Promise.all([this.outbox.page(shop, filter, limit), this.outbox.counts(shop, filter)]);
    const count = (state: string): number => counts.get(state) ?? 0;
    return {
      shop: shop.shop,
      deliveries: page.map(shownDelivery),
      counts: { waiting: count('waiting'), delivered: count('delivered'), dead: count('dead') },
    };
  }

  /** @throws {DeliveryError} `delivery-unknown` */
  async show(shop: Shop, id: string): Promise<DeliveryAnswer> {
    const log = await this.outbox.log(shop, id);
    const body = log.find((row) => row.body !== '')?.body ?? '';
    const delivery = shownDelivery(newestOf(shop, id, log));
    return { shop: shop.shop, delivery, message: deliveryMessage.safeParse(jsonOf(body)).data ?? null, log: log.map(shownStep) };
  }

  /** @throws {DeliveryError} `delivery-unknown`, `delivery-not-dead` */
  async redrive(shop: Shop, id: string, by: string): Promise<string[]> {
    const delivery = newestOf(shop, id, await this.outbox.log(shop, id));
    if (delivery.state !== 'dead') {
      const words = delivery.state === 'waiting' ? 'It waits, and is tried again by itself' : 'It was delivered';
      throw new DeliveryError('delivery-not-dead', `Delivery ${id} is not dead. ${words}.`);
    }
    return this.revive(shop, [delivery], by);
  }

  /** All dead deliveries of a channel, the newest thousand at a time. */
  async redriveChannel(shop: Shop, channel: string, by: string): Promise<string[]> {
    return this.revive(shop, await this.outbox.page(shop, { state: 'dead', channel }, mostRedriven), by);
  }

  private async revive(shop: Shop, dead: readonly StandingDelivery[], by: string): Promise<string[]> {
    const rows = dead.map((each) => ({ ...redriven(each, by, this.now()), body: '' }));
    await this.outbox.append(shop, rows);
    return rows.map(({ id }) => id);
  }
}

function newestOf(shop: Shop, id: string, log: readonly StandingDelivery[]): StandingDelivery {
  const [first, ...rest] = log;
  if (first) return rest.reduce(stands, first);
  const where = `GET /api/v1/shops/${shop.shop}/deliveries`;
  throw new DeliveryError('delivery-unknown', `${shop.shop} has no delivery ${id}. ${where} lists those there are.`);
}

function shownDelivery(delivery: StandingDelivery): DeliveryItem {
  const { id, channel, about, subject, step, state, attempts, createdAt, at, nextAt, digestAt, detail } = delivery;
  return {
    ...{ id, channel, about, subject, step, state, attempts, detail },
    createdAt: iso(createdAt),
    movedAt: iso(at),
    nextAt: state === 'waiting' ? iso(nextAt) : null,
    digestAt: digestAt === 0 ? null : iso(digestAt),
  };
}

function shownStep({ at, what, by, detail, state, nextAt }: StandingDelivery): DeliveryLogEntry {
  return { at: iso(at), step: what, by: by === '' ? null : by, detail, nextAt: state === 'waiting' ? iso(nextAt) : null };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
