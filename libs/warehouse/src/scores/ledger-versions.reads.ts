import { sql, type ClickHouse, type Sql } from '#clickhouse';
import { between, type Position } from '../positions.js';
import { tableOf, type Shop } from '../shop.js';
import type { OrderVersion, ReturnVersion } from './known-versions.js';
import { keyOf, scoredTopics, type KnownPlaces, type Place, type ScoredTopic } from './place.js';

/** Ids, or places, of a statement: their list stays far below the longest statement that the engine parses. */
const perStatement = 5_000;

/** What an order and its returns are found by. */
const entityOf = (orderId: string): string => `o:${orderId}`;

interface PlaceRow {
  readonly partition: number;
  readonly epoch: number;
  readonly offset: string;
}
interface HeadRow extends PlaceRow {
  readonly document: string;
  readonly order_id: string;
  readonly customer_id: string;
  readonly revision: string;
  readonly hash: string;
  readonly flag: number;
  /** Unix milliseconds, as the others. */
  readonly moment: string;
  readonly event: string;
  readonly recorded: string;
}

const sources = {
  'transactions.v1': { table: 'ledger_transactions', id: sql`order_id`, flag: sql`cancelled`, moment: sql`order_time` },
  'returns.v1': { table: 'ledger_returns', id: sql`return_id`, flag: sql`refunded`, moment: sql`refund_time` },
} as const;

/** What the ledger says of orders and returns, version by version: new rows by its key, older ones through its projections. */
export class LedgerVersionReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** Orders' versions between two sets of positions, in the order of the ledger. */
  async orders(shop: Shop, from: readonly Position[], to: readonly Position[]): Promise<OrderVersion[]> {
    return (await this.fresh(shop, 'transactions.v1', from, to)).map(orderOf);
  }

  /** Returns' versions between two sets of positions, in the order of the ledger. */
  async returns(shop: Shop, from: readonly Position[], to: readonly Position[]): Promise<ReturnVersion[]> {
    return (await this.fresh(shop, 'returns.v1', from, to)).map(returnOf);
  }

  /** Every version of orders. @param known need not be read again */
  async versionsOfOrders(shop: Shop, orderIds: readonly string[], known: KnownPlaces): Promise<OrderVersion[]> {
    const places = await this.places(shop, 'transactions.v1', orderIds, (ids) => sql`entity_id IN ${ids.map(entityOf)}`);
    return (await this.at(shop, 'transactions.v1', places, known)).map(orderOf);
  }

  /** Every version of returns, and of all returns that ever named one of some orders. */
  async versionsOfReturns(
    shop: Shop,
    returnIds: readonly string[],
    orderIds: readonly string[],
    known: KnownPlaces,
  ): Promise<ReturnVersion[]> {
    const named = (ids: readonly string[]): Sql =>
      sql`return_id IN (SELECT return_id FROM ${tableOf(shop, 'ledger_returns')} WHERE verdict = 'accepted' AND entity_id IN ${ids.map(entityOf)})`;
    const places = [
      ...(await this.places(shop, 'returns.v1', returnIds, (ids) => sql`return_id IN ${ids}`)),
      ...(await this.places(shop, 'returns.v1', orderIds, named)),
    ];
    return (await this.at(shop, 'returns.v1', places, known)).map(returnOf);
  }

  /** How many orders' and returns' versions between two sets of positions were recorded before an instant. */
  async recordedBefore(shop: Shop, from: readonly Position[], to: readonly Position[], instant: Date): Promise<number> {
    const counts = await Promise.all(
      scoredTopics.map(async (topic) => {
        const of = (positions: readonly Position[]): Position[] => positions.filter((each) => each.topic === topic);
        const [row] = await this.clickhouse.query<{ older: string }>(
          sql`SELECT count() AS older FROM ${tableOf(shop, sources[topic].table)}
WHERE ${between(of(from), of(to))} AND verdict = 'accepted' AND recorded_time < ${instant}`,
        );
        return Number(row?.older ?? 0);
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private async fresh(shop: Shop, topic: ScoredTopic, from: readonly Position[], to: readonly Position[]): Promise<Head[]> {
    const of = (positions: readonly Position[]): Position[] => positions.filter((each) => each.topic === topic);
    return (await this.clickhouse.query<HeadRow>(versionsSql(shop, topic, between(of(from), of(to))))).map((row) => headOf(topic, row));
  }

  private async places(shop: Shop, topic: ScoredTopic, ids: readonly string[], where: (ids: readonly string[]) => Sql): Promise<Place[]> {
    const found: Place[] = [];
    for (let start = 0; start < ids.length; start += perStatement) {
      const rows = await this.clickhouse.query<PlaceRow>(
        sql`SELECT partition, epoch, offset FROM ${tableOf(shop, sources[topic].table)}
WHERE verdict = 'accepted' AND ${where(ids.slice(start, start + perStatement))}`,
      );
      for (const row of rows) found.push(placeOf(topic, row));
    }
    return found;
  }

  private async at(shop: Shop, topic: ScoredTopic, places: readonly Place[], known: KnownPlaces): Promise<Head[]> {
    const unknown = [...new Map(places.map((place) => [keyOf(place), place])).values()].filter((place) => !known.has(keyOf(place)));
    const found: Head[] = [];
    for (let start = 0; start < unknown.length; start += perStatement) {
      const some = unknown.slice(start, start + perStatement).map(({ partition, epoch, offset }) => [partition, epoch, offset]);
      const rows = await this.clickhouse.query<HeadRow>(versionsSql(shop, topic, sql`(partition, epoch, offset) IN ${some}`));
      for (const row of rows) found.push(headOf(topic, row));
    }
    return found;
  }
}

/** Heads of accepted versions, in the order of the ledger. Instants as numbers: a start reads a whole history, three of each version. */
export function versionsSql(shop: Shop, topic: ScoredTopic, where: Sql): Sql {
  const { table, id, flag, moment } = sources[topic];
  return sql`SELECT partition, epoch, offset, ${id} AS document, order_id, customer_id, revision, hash, ${flag} AS flag,
    toUnixTimestamp64Milli(${moment}) AS moment, toUnixTimestamp64Milli(event_time) AS event, toUnixTimestamp64Milli(recorded_time) AS recorded
FROM ${tableOf(shop, table)} WHERE ${where} AND verdict = 'accepted' ORDER BY partition, epoch, offset`;
}

type Head = Place & ReturnType<typeof headOf>;

function headOf(topic: ScoredTopic, row: HeadRow) {
  return {
    ...placeOf(topic, row),
    document: row.document,
    orderId: row.order_id,
    customerId: row.customer_id,
    revision: BigInt(row.revision),
    hash: row.hash,
    flag: row.flag !== 0,
    moment: Number(row.moment),
    eventTime: Number(row.event),
    recordedTime: Number(row.recorded),
  };
}

function orderOf({ document, flag, moment, ...head }: Head): OrderVersion {
  return { ...head, orderId: document, cancelled: flag, orderTime: moment };
}

function returnOf({ document, flag, moment, ...head }: Head): ReturnVersion {
  return { ...head, returnId: document, refunded: flag, refundTime: moment };
}

function placeOf(topic: ScoredTopic, { partition, epoch, offset }: PlaceRow): Place {
  return { topic, partition, epoch, offset: BigInt(offset) };
}
