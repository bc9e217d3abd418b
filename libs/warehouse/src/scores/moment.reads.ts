import { sql, type ClickHouse, type Lane } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import { customerMomentsSql, type MomentsQuery } from './customer-moments.js';
import { momentFeatures, type MomentFeatures } from './moment-rows.js';

/**
 * Features of customers at instants of their own. The caller sees to it that the facts go no further meanwhile than what it leaves out
 * (`ReadGate.readAhead`).
 */
export class MomentReads {
  constructor(private readonly clickhouse: ClickHouse) {}

  /** @param lane `background` for a sweep: it stands in nobody's way there */
  async features(shop: Shop, query: MomentsQuery, lane: Lane = 'reader'): Promise<MomentFeatures> {
    return momentFeatures(await this.clickhouse.queryBinary(customerMomentsSql(shop, query), lane));
  }

  /** Customers with an order and keys from one on, in the order of their keys, and the key to go on from; none when all are through. */
  async customers(shop: Shop, fromKey: number, most: number): Promise<{ ids: string[]; nextKey: number } | undefined> {
    const rows = await this.clickhouse.query<{ customer_id: string; customer_key: number }>(buyersFromSql(shop, fromKey, most));
    const last = rows.at(-1);
    return last && { ids: rows.map((row) => row.customer_id), nextKey: last.customer_key + 1 };
  }
}

/** Of the settled level: `agg_customer` is sorted by key, so no chunk of a sweep reads the customers before it. */
export function buyersFromSql(shop: Shop, fromKey: number, most: number) {
  return sql`SELECT customer_id, k.customer_key AS customer_key FROM ${tableOf(shop, 'dim_customer_keys')} AS k
INNER JOIN (SELECT customer_key FROM ${tableOf(shop, 'agg_customer')} FINAL WHERE customer_key >= ${fromKey} AND orders > 0 ORDER BY customer_key LIMIT ${most}) AS c
    ON k.customer_key = c.customer_key
ORDER BY customer_key`;
}
