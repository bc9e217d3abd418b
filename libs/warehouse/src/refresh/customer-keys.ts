import { sql, type ClickHouse } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import type { Known } from './known.js';

/** Keys kept in memory; beyond them the table is asked. */
const mostKept = 200_000;
/** Ids per statement: their list stays far below the longest statement that the engine parses. */
const perStatement = 5_000;

/**
 * Dense numbers of customers, for bitmaps. Only the shop's refresher gives new ones, and appends them before the facts that use
 * them: a crash between the two leaves a key without a fact, never the other way round.
 */
export class CustomerKeys {
  readonly #kept = new Map<string, number>();
  #last: number | undefined;

  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly shop: Shop,
    private readonly known: Known,
  ) {}

  /** Keys of customers; those without one get the next ones, in the order of their ids. */
  async of(ids: ReadonlySet<string>, generation: bigint): Promise<ReadonlyMap<string, number>> {
    if (this.#kept.size > mostKept) this.#kept.clear();
    const without = [...ids].filter((id) => !this.#kept.has(id));
    const asked = without.filter((id) => this.known.mayCustomer(id));
    for (let start = 0; start < asked.length; start += perStatement) {
      const rows = await this.clickhouse.query<{ customer_id: string; customer_key: number }>(
        sql`SELECT customer_id, customer_key FROM ${this.table} WHERE customer_id IN ${asked.slice(start, start + perStatement)}`,
        'refresher',
      );
      for (const row of rows) this.#kept.set(row.customer_id, row.customer_key);
    }
    await this.give(without.filter((id) => !this.#kept.has(id)).sort(), generation);
    const keys = new Map<string, number>();
    for (const id of ids) keys.set(id, this.#kept.get(id) ?? 0);
    return keys;
  }

  /** Another process may have given keys since. */
  forget(): void {
    this.#kept.clear();
    this.#last = undefined;
  }

  private async give(ids: readonly string[], generation: bigint): Promise<void> {
    if (ids.length === 0) return;
    this.#last ??= await this.last();
    const first = this.#last + 1;
    this.known.addCustomers(ids);
    const lines = ids.map((id, index) => JSON.stringify([id, first + index, generation.toString()])).join('\n');
    // Whether one that failed was written is not known: the table says so.
    this.#last = undefined;
    await this.clickhouse.insert(this.table, ['customer_id', 'customer_key', 'generation'], lines, 'refresher');
    ids.forEach((id, index) => this.#kept.set(id, first + index));
    this.#last = first + ids.length - 1;
  }

  private async last(): Promise<number> {
    const [row] = await this.clickhouse.query<{ last: number }>(sql`SELECT max(customer_key) AS last FROM ${this.table}`, 'refresher');
    return row?.last ?? 0;
  }

  private get table() {
    return tableOf(this.shop, 'dim_customer_keys');
  }
}
