import { sql, type ClickHouse, type Sql } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import { instantOf } from '../watermark.repository.js';

/** A version of a customer as its event told it. */
export interface KnownCustomer {
  readonly customerId: string;
  readonly revision: bigint;
  readonly hash: string;
  /** Shop time at which the shop knew it, Unix milliseconds. */
  readonly recordedAt: number;
  readonly consent: boolean | null;
  readonly channel: string;
}

/** Every version of some customers that the ledger holds: what was known at an instant follows from them, today's dimension does not tell. */
export function alertCustomersSql(shop: Shop, ids: readonly string[]): Sql {
  const ledger = tableOf(shop, 'ledger_customers');
  return sql`SELECT customer_id, toString(revision) AS revision, hash, recorded_time, consent, acquisition_channel AS channel FROM ${ledger}
WHERE (partition, epoch, offset) IN (SELECT partition, epoch, offset FROM ${ledger} WHERE entity_id IN ${ids} AND verdict = 'accepted')`;
}

/** What an owner of alerts asks about customers. */
export class AlertCustomerReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  async versions(shop: Shop, ids: readonly string[]): Promise<KnownCustomer[]> {
    if (ids.length === 0) return [];
    const rows = await this.clickhouse.query<{
      customer_id: string;
      revision: string;
      hash: string;
      recorded_time: string;
      consent: boolean | null;
      channel: string;
    }>(alertCustomersSql(shop, ids));
    return rows.map((row) => ({
      customerId: row.customer_id,
      revision: BigInt(row.revision),
      hash: row.hash,
      recordedAt: instantOf(row.recorded_time).getTime(),
      consent: row.consent,
      channel: row.channel,
    }));
  }

  /** Segments of customers as the view has them now: a customer without an order has none. */
  async segments(shop: Shop, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.clickhouse.query<{ customer_id: string; segment: string }>(
      sql`SELECT customer_id, segment FROM ${tableOf(shop, 'mv_rfm_scores')} WHERE customer_id IN ${ids}`,
    );
    return new Map(rows.map(({ customer_id, segment }) => [customer_id, segment]));
  }
}
