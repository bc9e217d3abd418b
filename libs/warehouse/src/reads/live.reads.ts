import { join, sql, type ClickHouse, type Sql } from '#clickhouse';
import { instantOf } from '../watermark.repository.js';
import { tableOf, type Shop } from '../shop.js';

/** Offsets of one partition of the ledger, `from` included, `to` not. */
export interface LedgerStretch {
  readonly topic: 'transactions.v1' | 'returns.v1';
  readonly partition: number;
  readonly epoch: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** An accepted order or return event, as the live feed shows it. */
export interface LiveEvent {
  readonly type: string;
  readonly event_id: string;
  /** Order or return id. */
  readonly entity: string;
  readonly event_time: string;
  readonly ingested_at: string;
  readonly offset: string;
  /** Empty for a guest. */
  readonly customer: string;
  /** Empty where it is not known. */
  readonly country: string;
  /** Value of the lines before discounts, or the refunded amount. */
  readonly amount: string;
  readonly units: string;
}

/** Accepted orders and returns of some stretches, found by the ledger's own key. A topic without a stretch is not read. */
export function liveEventsSql(shop: Shop, stretches: readonly LedgerStretch[]): Sql {
  const columns: Readonly<Record<LedgerStretch['topic'], Sql>> = {
    'transactions.v1': sql`order_id AS entity, event_time, ingested_at, offset, customer_id AS customer, country,
    toString(arraySum((price, quantity) -> toDecimal128(price, 6) * quantity, lines.unit_price, lines.quantity)) AS amount, arraySum(lines.quantity) AS units
FROM ${tableOf(shop, 'ledger_transactions')}`,
    'returns.v1': sql`return_id AS entity, event_time, ingested_at, offset, customer_id AS customer, '' AS country,
    toString(arraySum(amount -> toDecimal128(amount, 6), lines.amount)) AS amount, arraySum(lines.quantity) AS units
FROM ${tableOf(shop, 'ledger_returns')}`,
  };
  const ofTopic = (topic: LedgerStretch['topic']): Sql[] => {
    const places = stretches
      .filter((each) => each.topic === topic)
      .map(
        ({ partition, epoch, from, to }) => sql`(partition = ${partition} AND epoch = ${epoch} AND offset >= ${from} AND offset < ${to})`,
      );
    return places.length === 0
      ? []
      : [sql`SELECT type, event_id, ${columns[topic]} WHERE verdict = 'accepted' AND (${join(places, ' OR ')})`];
  };
  return join([...ofTopic('transactions.v1'), ...ofTopic('returns.v1')], ' UNION ALL ');
}

/** Orders by the real second of their arrival, from an instant on. */
export function orderArrivalsSql(shop: Shop, since: Date): Sql {
  return sql`SELECT toUnixTimestamp(ingested_at) AS second, count() AS orders FROM ${tableOf(shop, 'ledger_transactions')}
WHERE ingested_at >= ${since} AND verdict = 'accepted' AND type = 'tideline.transaction.placed.v1' GROUP BY second`;
}

/** Reads of what just came. The ledger only grows, so what lies before a watermark needs no gate. */
export class LiveReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** Newest first by arrival. */
  async events(shop: Shop, stretches: readonly LedgerStretch[]): Promise<LiveEvent[]> {
    if (stretches.length === 0) return [];
    const rows = await this.clickhouse.query<LiveEvent>(liveEventsSql(shop, stretches));
    return rows.sort((a, b) => compare(b.ingested_at, a.ingested_at) || Number(BigInt(b.offset) - BigInt(a.offset)));
  }

  /** Unix second -> orders. */
  async arrivals(shop: Shop, since: Date): Promise<Map<number, number>> {
    const rows = await this.clickhouse.query<{ second: number; orders: string }>(orderArrivalsSql(shop, since));
    return new Map(rows.map((row) => [row.second, Number(row.orders)]));
  }

  /** Shop seconds per real second as the newest tick of the shop's clock says, or null before the first. */
  async speed(shop: Shop): Promise<number | null> {
    const [row] = await this.clickhouse.query<{ speed: number }>(
      sql`SELECT speed FROM ${tableOf(shop, 'ledger_clock')} WHERE verdict = 'accepted' ORDER BY partition DESC, epoch DESC, offset DESC LIMIT 1`,
    );
    return row?.speed ?? null;
  }
}

/** Unix second of an instant as the engine prints it. */
export function secondOf(text: string): number {
  return Math.floor(instantOf(text).getTime() / 1000);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
