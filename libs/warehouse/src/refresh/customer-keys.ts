import { sql, type ClickHouse } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';

/** Keys kept in memory; beyond them the table is asked. */
const kept = 200_000;
/** Ids per statement: their list stays far below the longest statement that the engine parses. */
const perStatement = 5_000;

/**
 * Dense numbers of customers, for bitmaps. Only the shop's refresher gives new ones, and appends them before the facts that use
 * them: a crash between the two leaves a key without a fact, never the other way round.
 */
export class CustomerKeys {
  readonly #known = new Map<string, number>();
  #last: number | undefined;

  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly shop: Shop,
  ) {}

  /** Keys of customers; those without one get the next ones, in the order of their ids. */
  async of(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    if (this.#known.size > kept) this.#known.clear();
    const asked = [...ids].filter((id) => !this.#known.has(id));
    for (let start = 0; start < asked.length; start += perStatement) {
      const rows = await this.clickhouse.query<{ customer_id: string; customer_key: number }>(
        sql`SELECT customer_id, customer_key FROM ${this.table} WHERE customer_id IN ${asked.slice(start, start + perStatement)}`,
        'refresher',
      );
      for (const row of rows) this.#known.set(row.customer_id, row.customer_key);
    }
    await this.give(asked.filter((id) => !this.#known.has(id)).sort());
    const keys = new Map<string, number>();
    for (const id of ids) keys.set(id, this.#known.get(id) ?? 0);
    return keys;
  }

  /** Another process may have given keys since. */
  forget(): void {
    this.#known.clear();
    this.#last = undefined;
  }

  private async give(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    this.#last ??= await this.last();
    const first = this.#last + 1;
    const lines = ids.map((id, index) => JSON.stringify([id, first + index])).join('\n');
    await this.clickhouse.insert(this.table, ['customer_id', 'customer_key'], lines, 'refresher');
    ids.forEach((id, index) => this.#known.set(id, first + index));
    this.#last += ids.length;
  }

  private async last(): Promise<number> {
    const [row] = await this.clickhouse.query<{ last: number }>(sql`SELECT max(customer_key) AS last FROM ${this.table}`, 'refresher');
    return row?.last ?? 0;
  }

  private get table() {
    return tableOf(this.shop, 'dim_customer_keys');
  }
}
