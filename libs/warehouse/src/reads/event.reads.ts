import { join, sql, type ClickHouse, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';

export interface RecentEvent {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  readonly offset: string;
  readonly verdict: string;
  readonly reason: string;
  readonly detail: string;
  readonly type: string;
  readonly id: string;
  readonly event_time: string;
  readonly recorded_time: string;
  readonly ingested_at: string;
  readonly excerpt: string;
}

/** The newest rows of the ledger, newest first. */
export function recentEventsSql(shop: Shop, limit: number, verdict: string | undefined, reason: string | undefined): Sql {
  const only = join(
    [sql`1`, ...(verdict === undefined ? [] : [sql`verdict = ${verdict}`]), ...(reason === undefined ? [] : [sql`reason = ${reason}`])],
    ' AND ',
  );
  // The newest rows are found by narrow columns first; payloads are read for those alone.
  return sql`SELECT topic, partition, epoch, offset, verdict, reason, detail, type, event_id AS id, event_time, recorded_time, ingested_at,
    substringUTF8(payload, 1, 2000) AS excerpt
FROM ${tableOf(shop, 'ledger')}
WHERE (topic, partition, epoch, offset) IN (
    SELECT topic, partition, epoch, offset FROM ${tableOf(shop, 'ledger')} WHERE ${only}
    ORDER BY ingested_at DESC, offset DESC LIMIT ${limit})
ORDER BY ingested_at DESC, offset DESC, topic, partition`;
}

export interface Quality {
  readonly refunds: string;
  readonly amount: string;
  readonly customers: string;
  readonly products: string;
  readonly campaigns: string;
}

/** What the figures leave out or had to fill in. */
export function qualitySql(shop: Shop): Sql {
  const placeholders = (table: string): Sql => sql`(SELECT countIf(placeholder) FROM ${tableOf(shop, table)} FINAL)`;
  return sql`SELECT count() AS refunds, sum(amount) AS amount, ${placeholders('dim_customers')} AS customers,
    ${placeholders('dim_products')} AS products, ${placeholders('dim_campaigns')} AS campaigns
FROM ${tableOf(shop, 'fact_returns_left_out')} FINAL`;
}

/** Reads about events and the quality of data. */
export class EventReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  recent(shop: Shop, limit: number, verdict?: string, reason?: string): Promise<RecentEvent[]> {
    return this.clickhouse.query(recentEventsSql(shop, limit, verdict, reason));
  }
  async quality(shop: Shop): Promise<Quality> {
    const [row] = await this.clickhouse.query<Quality>(qualitySql(shop));
    return row ?? { refunds: '0', amount: '0', customers: '0', products: '0', campaigns: '0' };
  }
}
