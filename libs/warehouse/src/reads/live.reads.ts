import { join, sql, type ClickHouse, type Sql } from '#clickhouse';
import { LedgerTail, type LedgerStretch } from '../ledger/ledger-tail.js';
import type { LedgerColumn, LedgerRow } from '../ledger/ledger-tables.js';
import { valueOf } from '../ledger/ledger-values.js';
import { microsOf, textOfMicros } from '../micros.js';
import { instantOf } from '../watermark.repository.js';
import { tableOf, type Shop } from '../shop.js';

/** A stretch of orders or returns. */
export interface LiveStretch extends LedgerStretch {
  readonly topic: 'transactions.v1' | 'returns.v1';
}

/** An accepted order or return event, as the live feed shows it. */
export interface LiveEvent {
  readonly type: string;
  readonly event_id: string;
  /** Order or return id. */
  readonly entity: string;
  readonly event_time: string;
  readonly recorded_time: string;
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

/** When an order came. */
export interface OrderArrival {
  readonly order: string;
  /** Unix second in which it reached the ledger. */
  readonly second: number;
  /** When the shop knew of it, Unix milliseconds. */
  readonly recorded: number;
}

/** Type of the event that says of a new order. */
export const orderPlaced = 'tideline.transaction.placed.v1';

/** Accepted orders and returns of some stretches, found by the ledger's own key. A topic without a stretch is not read. */
export function liveEventsSql(shop: Shop, stretches: readonly LiveStretch[]): Sql {
  const columns: Readonly<Record<LiveStretch['topic'], Sql>> = {
    'transactions.v1': sql`order_id AS entity, event_time, recorded_time, ingested_at, offset, customer_id AS customer, country,
    toString(arraySum((price, quantity) -> toDecimal128(price, 6) * quantity, lines.unit_price, lines.quantity)) AS amount, arraySum(lines.quantity) AS units
FROM ${tableOf(shop, 'ledger_transactions')}`,
    'returns.v1': sql`return_id AS entity, event_time, recorded_time, ingested_at, offset, customer_id AS customer, '' AS country,
    toString(arraySum(amount -> toDecimal128(amount, 6), lines.amount)) AS amount, arraySum(lines.quantity) AS units
FROM ${tableOf(shop, 'ledger_returns')}`,
  };
  const ofTopic = (topic: LiveStretch['topic']): Sql[] => {
    const those = stretches.filter((each) => each.topic === topic);
    return those.length === 0 ? [] : [sql`SELECT type, event_id, ${columns[topic]} WHERE verdict = 'accepted' AND ${within(those)}`];
  };
  return join([...ofTopic('transactions.v1'), ...ofTopic('returns.v1')], ' UNION ALL ');
}

function within(stretches: readonly LiveStretch[]): Sql {
  const places = stretches.map(
    ({ partition, epoch, from, to }) => sql`(partition = ${partition} AND epoch = ${epoch} AND offset >= ${from} AND offset < ${to})`,
  );
  return sql`(${join(places, ' OR ')})`;
}

/**
 * Orders that arrived and were recorded from two instants on, each once however often it was placed: Unix second and millisecond of the last.
 * @param stretches of orders, where only these are asked for
 */
export function orderArrivalsSql(shop: Shop, since: Date, recordedSince: Date, stretches?: readonly LiveStretch[]): Sql {
  return sql`SELECT order_id AS order, max(toUnixTimestamp(ingested_at)) AS second, max(toUnixTimestamp64Milli(recorded_time)) AS recorded
FROM ${tableOf(shop, 'ledger_transactions')}
WHERE ingested_at >= ${since} AND recorded_time >= ${recordedSince} AND verdict = 'accepted' AND type = ${orderPlaced}${stretches ? sql` AND ${within(stretches)}` : sql``}
GROUP BY order`;
}

/** Reads of what just came. The ledger only grows, so what lies before a watermark needs no gate. */
export class LiveReads {
  /** @param tail of the ledger, where this process writes it */
  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly tail = new LedgerTail(),
  ) {}

  /** Newest first by arrival. */
  async events(shop: Shop, stretches: readonly LiveStretch[]): Promise<LiveEvent[]> {
    const away: LiveStretch[] = [];
    const events = stretches.flatMap((stretch) => {
      const rows = this.tail.rows(shop, stretch);
      if (!rows) away.push(stretch);
      return (rows ?? []).filter(({ envelope }) => envelope.verdict === 'accepted').map((row) => eventOf(stretch.topic, row));
    });
    if (away.length > 0) events.push(...(await this.clickhouse.query<LiveEvent>(liveEventsSql(shop, away))));
    return events.sort((a, b) => compare(b.ingested_at, a.ingested_at) || Number(BigInt(b.offset) - BigInt(a.offset)));
  }

  /** As `orderArrivalsSql` says; of stretches that this process wrote an order may come more than once. */
  async arrivals(shop: Shop, since: Date, recordedSince: Date, stretches?: readonly LiveStretch[]): Promise<OrderArrival[]> {
    const away: LiveStretch[] = [];
    const arrivals: OrderArrival[] = [];
    for (const stretch of stretches?.filter(({ topic }) => topic === 'transactions.v1') ?? []) {
      const rows = this.tail.rows(shop, stretch);
      if (!rows) away.push(stretch);
      for (const row of rows ?? []) {
        const { verdict, type, ingestedAt, recordedTime } = row.envelope;
        if (verdict !== 'accepted' || type !== orderPlaced) continue;
        const order = valueOf('transactions.v1', row, 'order_id') as string;
        arrivals.push({ order, second: secondOf(ingestedAt), recorded: instantOf(recordedTime).getTime() });
      }
    }
    if (stretches && away.length === 0) return arrivals;
    const rows = await this.clickhouse.query<{ order: string; second: number; recorded: string }>(
      orderArrivalsSql(shop, since, recordedSince, stretches && away),
    );
    for (const { order, second, recorded } of rows) arrivals.push({ order, second, recorded: Number(recorded) });
    return arrivals;
  }

  /**
   * Shop seconds per real second as the newest tick of the shop's clock says, or null before the first.
   * @param place `1:5000`, epoch and next offset of the clock's topic, where it is known: a tick that this process wrote is not read back
   */
  async speed(shop: Shop, place?: string): Promise<number | null> {
    const [epoch, next] = (place ?? '0:0').split(':').map(BigInt) as [bigint, bigint];
    const stretch = { topic: 'clock.v1', partition: 0, epoch: Number(epoch), from: next - 1n, to: next } as const;
    const [tick] = this.tail.rows(shop, stretch) ?? [];
    if (tick?.envelope.verdict === 'accepted') return Number(valueOf('clock.v1', tick, 'speed'));
    const [row] = await this.clickhouse.query<{ speed: number }>(
      sql`SELECT speed FROM ${tableOf(shop, 'ledger_clock')} WHERE verdict = 'accepted' ORDER BY partition DESC, epoch DESC, offset DESC LIMIT 1`,
    );
    return row?.speed ?? null;
  }
}

/** What `liveEventsSql` makes of a row. */
function eventOf(topic: LiveStretch['topic'], row: LedgerRow): LiveEvent {
  const { type, eventId, eventTime, recordedTime, ingestedAt, offset } = row.envelope;
  const times = { event_time: withMillis(eventTime), recorded_time: withMillis(recordedTime), ingested_at: ingestedAt };
  const common = { type, event_id: eventId, ...times, offset: offset.toString() };
  const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, each) => total + each, 0n);
  if (topic === 'returns.v1') {
    const of = <T>(column: LedgerColumn<'returns.v1'>): T => valueOf(topic, row, column) as T;
    return {
      ...{ ...common, entity: of<string>('return_id'), customer: of<string>('customer_id'), country: '' },
      amount: textOfMicros(sum(of<string[]>('lines.amount').map(microsOf))),
      units: sum(of<number[]>('lines.quantity').map(BigInt)).toString(),
    };
  }
  const of = <T>(column: LedgerColumn<'transactions.v1'>): T => valueOf(topic, row, column) as T;
  const quantities = of<number[]>('lines.quantity').map(BigInt);
  return {
    ...{ ...common, entity: of<string>('order_id'), customer: of<string>('customer_id'), country: of<string>('country') },
    amount: textOfMicros(sum(of<string[]>('lines.unit_price').map((price, index) => microsOf(price) * (quantities[index] ?? 0n)))),
    units: sum(quantities).toString(),
  };
}

/** As the engine prints an instant, however a producer wrote it. */
function withMillis(text: string): string {
  return text.length === 19 ? `${text}.000` : text.padEnd(23, '0');
}

/** Unix second of an instant as the engine prints it. */
export function secondOf(text: string): number {
  return Math.floor(instantOf(text).getTime() / 1000);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
