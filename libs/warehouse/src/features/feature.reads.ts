import { sql, type ClickHouse, type Lane } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import { customerFeaturesSql, type MbgParameters } from './customer-features.js';
import { featureChunks, type FeatureChunk } from './feature-rows.js';

/** Customers per chunk: what one run of a model takes without holding the thread for long. */
export const mostPerChunk = 2_000;
/** Keys per statement of a sweep: two answers are held in memory, about 150 bytes a customer; planning one takes some 30 ms. */
const keysPerStatement = 12_500;

/** The instant and the model's parameters that features are computed with. */
export interface FeatureMoment {
  readonly asOf: Date;
  readonly mbg: MbgParameters;
}

/**
 * Features for the scorer, in chunks of at most `mostPerChunk` customers, in no order. `touched` and `sweep` read the facts: the instant
 * must be the shop's clock, and the whole loop must lie inside one `ReadGate.read` of the settled level. `past` reads the ledger and
 * may be asked anything.
 */
export class FeatureReads {
  /** @param lane whose connections it takes: a sweep keeps one busy for half a second per 50,000 customers */
  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly lane: Lane = 'reader',
  ) {}

  /** Of some customers, by id or dense key, now. Who has no order gets no row. */
  async *touched(
    shop: Shop,
    customers: { readonly ids: readonly string[] } | { readonly keys: readonly number[] },
    moment: FeatureMoment,
  ): AsyncGenerator<FeatureChunk> {
    const all = 'ids' in customers ? customers.ids : customers.keys;
    for (let start = 0; start < all.length; start += mostPerChunk) {
      const end = start + mostPerChunk;
      const some = 'ids' in customers ? { ids: customers.ids.slice(start, end) } : { keys: customers.keys.slice(start, end) };
      yield* this.chunks(shop, { ...moment, customers: some, source: 'facts' });
    }
  }

  /** Of every customer, now. */
  async *sweep(shop: Shop, moment: FeatureMoment): AsyncGenerator<FeatureChunk> {
    const [row] = await this.clickhouse.query<{ last: number }>(
      sql`SELECT max(customer_key) AS last FROM ${tableOf(shop, 'dim_customer_keys')}`,
      this.lane,
    );
    const ask = (from: number): Promise<Uint8Array> | undefined => {
      if (from > (row?.last ?? 0)) return undefined;
      const answer = this.answer(shop, { ...moment, customers: { fromKey: from, toKey: from + keysPerStatement - 1 }, source: 'facts' });
      // Should the caller leave before its turn comes, nobody else hears of a failure.
      answer.catch(() => undefined);
      return answer;
    };
    // The engine answers the next statement while the caller is busy with this one.
    for (let from = 1, asked = ask(from); asked;) {
      const answer = await asked;
      asked = ask((from += keysPerStatement));
      yield* featureChunks(answer, mostPerChunk);
    }
  }

  /** Of every customer, as the shop knew them at an instant that has passed. One statement over the whole ledger. */
  past(shop: Shop, moment: FeatureMoment): AsyncGenerator<FeatureChunk> {
    return this.chunks(shop, { ...moment, source: 'versions' });
  }

  private async *chunks(shop: Shop, query: Parameters<typeof customerFeaturesSql>[1]): AsyncGenerator<FeatureChunk> {
    yield* featureChunks(await this.answer(shop, query), mostPerChunk);
  }

  private answer(shop: Shop, query: Parameters<typeof customerFeaturesSql>[1]): Promise<Uint8Array> {
    return this.clickhouse.queryBinary(customerFeaturesSql(shop, query), this.lane);
  }
}
