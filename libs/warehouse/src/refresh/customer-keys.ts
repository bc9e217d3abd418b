import { columnsOf, sql, type ClickHouse } from '#clickhouse';
import { tableOf, type Shop } from '../shop.js';
import type { Known } from './known.js';

/** Keys kept in memory; beyond them the table is asked. */
const mostKept = 200_000;
/** Ids per statement: their list stays far below the longest statement that the engine parses. */
const perStatement = 5_000;

const keyColumns = columnsOf({ customer_id: 'String', customer_key: 'UInt32', generation: 'UInt64' });

/** Keys of what a step touches. */
export interface KeysOfStep {
  readonly keys: ReadonlyMap<string, number>;
  /** Writes those that were given just now: before the facts that use them. One that is not called, or fails, leaves them to be given anew. */
  write(): Promise<void>;
}

/**
 * Dense numbers of customers, for bitmaps. Only the shop's refresher gives new ones, and writes them before the facts that use
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
  async of(ids: ReadonlySet<string>, generation: bigint): Promise<KeysOfStep> {
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
    const strangers = without.filter((id) => !this.#kept.has(id)).sort();
    const first = strangers.length > 0 ? (this.#last ??= await this.last()) + 1 : 0;
    const given = strangers.map((id, index) => [id, first + index, generation] as const);
    const keys = new Map<string, number>(given.map(([id, key]) => [id, key]));
    for (const id of ids) if (!keys.has(id)) keys.set(id, this.#kept.get(id) ?? 0);
    if (given.length > 0) {
      this.known.addCustomers(strangers);
      // Whether those that fail were written is not known: the table says so.
      this.#last = undefined;
    }
    const write = async (): Promise<void> => {
      if (given.length === 0) return;
      await this.clickhouse.insertRows(this.table, keyColumns, given, 'refresher');
      for (const [id, key] of given) this.#kept.set(id, key);
      this.#last = first + given.length - 1;
    };
    return { keys, write };
  }

  /** Another process may have given keys since. */
  forget(): void {
    this.#kept.clear();
    this.#last = undefined;
  }

  private async last(): Promise<number> {
    const [row] = await this.clickhouse.query<{ last: number }>(sql`SELECT max(customer_key) AS last FROM ${this.table}`, 'refresher');
    return row?.last ?? 0;
  }

  private get table() {
    return tableOf(this.shop, 'dim_customer_keys');
  }
}
