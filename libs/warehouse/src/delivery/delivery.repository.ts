import { jsonLine, type ClickHouse } from '#clickhouse';
import type { DeliveryState, DeliveryStep } from '#contracts';
import { tableOf, type Shop } from '../shop.js';
import { instantOf, textOf } from '../watermark.repository.js';
import type { AlertLogStep, DeliveryRow, LogPlace } from './delivery-log.js';
import {
  alertStepsSql,
  deliveryBodiesSql,
  deliveryCountsSql,
  deliveryLogSql,
  deliveryPageSql,
  deliveryPlacesSql,
  deliveryStepsSql,
  waitingDeliveriesSql,
  type DeliveryFilter,
} from './delivery.sql.js';

const columns = [
  ...['kind', 'at', 'id', 'turn', 'what', 'state', 'channel', 'about', 'subject', 'step', 'created_at', 'tried_since', 'attempts'],
  ...['next_at', 'digest_at', 'said_by', 'detail', 'body', 'log_epoch', 'log_offset', 'log_step'],
] as const;

/** A delivery as it stands; what is sent is asked for when it is sent. */
export type StandingDelivery = Omit<DeliveryRow, 'body'>;

interface RawDelivery {
  readonly at: string;
  readonly id: string;
  readonly turn: number;
  readonly what: DeliveryStep;
  readonly state: DeliveryState;
  readonly channel: string;
  readonly about: 'alert' | 'alarm';
  readonly subject: string;
  readonly step: string;
  readonly created_at: string;
  readonly tried_since: string;
  readonly attempts: number;
  readonly next_at: string;
  readonly digest_at: string;
  readonly said_by: string;
  readonly detail: string;
}

/** The outbox of a shop. */
export class DeliveryRepository {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** Writes steps of deliveries, and how far the alert log was read for them, as one block: all or none. */
  async append(shop: Shop, rows: readonly DeliveryRow[], places: readonly LogPlace[] = []): Promise<void> {
    if (rows.length + places.length === 0) return;
    const lines = [...rows.map(cellsOf), ...places.map(placeCells)].map(jsonLine);
    await this.clickhouse.insert(tableOf(shop, 'delivery_log'), columns, lines.join('\n'));
  }

  /** Grow when steps of alerts, or of deliveries, may have been written; undefined where other processes may. See `ClickHouse.writesTo`. */
  writes(shop: Shop): { alerts: number | undefined; deliveries: number | undefined } {
    const to = (table: string): number | undefined => this.clickhouse.writesTo(tableOf(shop, table));
    return { alerts: to('alert_log'), deliveries: to('delivery_log') };
  }

  async places(shop: Shop): Promise<LogPlace[]> {
    const rows = await this.clickhouse.query<{ id: string; log_epoch: number; place: string; log_step: number }>(deliveryPlacesSql(shop));
    return rows.map(({ id, log_epoch, place, log_step }) => ({
      ...{ partition: Number(id), epoch: log_epoch, offset: BigInt(place), step: log_step },
    }));
  }

  /** @param limit per partition */
  async alertSteps(shop: Shop, places: readonly LogPlace[], limit: number): Promise<AlertLogStep[]> {
    interface Raw extends Pick<AlertLogStep, 'partition' | 'epoch' | 'step' | 'what' | 'rule' | 'body'> {
      readonly place: string;
      readonly alert_id: string;
      readonly at: string;
      readonly written_at: string;
    }
    const rows = await this.clickhouse.query<Raw>(alertStepsSql(shop, places, limit));
    return rows.map(({ place, alert_id, at, written_at, ...row }) => ({
      ...row,
      alertId: alert_id,
      offset: BigInt(place),
      at: instantOf(at).getTime(),
      writtenAt: instantOf(written_at).getTime(),
    }));
  }

  /** @param limit per channel */
  async waiting(shop: Shop, limit: number): Promise<StandingDelivery[]> {
    return (await this.clickhouse.query<RawDelivery>(waitingDeliveriesSql(shop, limit))).map(deliveryOf);
  }

  async stepsSince(shop: Shop, since: Date): Promise<StandingDelivery[]> {
    return (await this.clickhouse.query<RawDelivery>(deliveryStepsSql(shop, since))).map(deliveryOf);
  }

  /** JSON of what is sent, by the delivery's id. */
  async bodies(shop: Shop, deliveries: readonly Pick<StandingDelivery, 'id' | 'createdAt'>[]): Promise<ReadonlyMap<string, string>> {
    if (deliveries.length === 0) return new Map();
    const created = [...new Set(deliveries.map(({ createdAt }) => createdAt))].map((at) => new Date(at));
    const ids = deliveries.map(({ id }) => id);
    const rows = await this.clickhouse.query<{ id: string; body: string }>(deliveryBodiesSql(shop, ids, created));
    return new Map(rows.map(({ id, body }) => [id, body]));
  }

  async page(shop: Shop, filter: DeliveryFilter, limit: number): Promise<StandingDelivery[]> {
    return (await this.clickhouse.query<RawDelivery>(deliveryPageSql(shop, filter, limit))).map(deliveryOf);
  }

  async counts(shop: Shop, filter: DeliveryFilter): Promise<ReadonlyMap<string, number>> {
    const rows = await this.clickhouse.query<{ state: string; deliveries: string }>(deliveryCountsSql(shop, filter));
    return new Map(rows.map(({ state, deliveries }) => [state, Number(deliveries)]));
  }

  /** Every step of one, in their order; none where there is no such delivery. */
  async log(shop: Shop, id: string): Promise<DeliveryRow[]> {
    const rows = await this.clickhouse.query<RawDelivery & { readonly body: string }>(deliveryLogSql(shop, id));
    return rows.map((row) => ({ ...deliveryOf(row), body: row.body }));
  }
}

function deliveryOf(raw: RawDelivery): StandingDelivery {
  const millis = (text: string): number => instantOf(text).getTime();
  const { id, turn, what, state, channel, about, subject, step, attempts, said_by, detail } = raw;
  return {
    ...{ id, turn, what, state, channel, about, subject, step, attempts, detail, by: said_by },
    at: millis(raw.at),
    createdAt: millis(raw.created_at),
    triedSince: millis(raw.tried_since),
    nextAt: millis(raw.next_at),
    digestAt: millis(raw.digest_at),
  };
}

function cellsOf(row: DeliveryRow): unknown[] {
  const at = (millis: number): string => textOf(new Date(millis));
  const named = ['delivery', at(row.at), row.id, row.turn, row.what, row.state, row.channel, row.about, row.subject, row.step];
  const timed = [at(row.createdAt), at(row.triedSince), row.attempts, at(row.nextAt), at(row.digestAt)];
  return [...named, ...timed, row.by, row.detail, row.body, 0, 0, 0];
}

/** At one instant, always: a partition's place replaces itself. */
function placeCells({ partition, epoch, offset, step }: LogPlace): unknown[] {
  const none = textOf(new Date(0));
  const unsaid = ['', '', '', '', '', '', none, none, 0, none, none, '', '', ''];
  return ['place', none, String(partition), 0, ...unsaid, epoch, offset, step];
}
