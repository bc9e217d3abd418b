import { sql, type ClickHouse } from '#clickhouse';
import { setTimeout as sleep } from 'node:timers/promises';
import { before, type Position } from '../positions.js';
import { tableOf, type Shop } from '../shop.js';
import { SeenIds } from './seen.js';

/** Ledger rows per read while learning: short enough that no live statement waits long behind it. */
const rowsPerRead = 20_000;
/** Between two reads it rests so many times as long as one took: they keep this thread and a core busy. */
const rests = 2;

/**
 * What the ledger and the facts of a shop may already hold, so that a step need not ask for what is surely new. Learnt beside the
 * steps; until then everything may be there, which only costs lookups.
 */
export class Known {
  /** Entities and return ids: `o:<order>` and `r:<return>`. */
  #ids = new SeenIds();
  /** Slices that ever had a row of `fact_returns`. */
  #slices = new SeenIds();
  /** Customers with a key. */
  #customers = new SeenIds();
  #learning: Promise<void> | undefined;

  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly shop: Shop,
  ) {}

  /** Whether the ledger may hold a version of an order or of one of its returns. */
  mayEntity(entity: string): boolean {
    return this.#ids.may(entity);
  }

  /** Whether the ledger may hold a version of a return. */
  mayReturn(returnId: string): boolean {
    return this.#ids.may(`r:${returnId}`);
  }

  /** Whether any of these slices, Unix seconds, may have refunds. */
  mayRefund(slices: readonly number[]): boolean {
    return slices.some((slice) => this.#slices.may(String(slice)));
  }

  /** Whether a customer may have a key. */
  mayCustomer(customerId: string): boolean {
    return this.#customers.may(customerId);
  }

  add(entities: Iterable<string>, returnIds: Iterable<string>): void {
    for (const entity of entities) this.#ids.add(entity);
    for (const id of returnIds) this.#ids.add(`r:${id}`);
  }

  /** To be told before rows are written there. */
  addRefunds(slices: Iterable<number>): void {
    for (const slice of slices) this.#slices.add(String(slice));
  }

  /** To be told before keys are written. */
  addCustomers(customerIds: Iterable<string>): void {
    for (const id of customerIds) this.#customers.add(id);
  }

  /** Another process may have written since. */
  forget(): void {
    this.#ids = new SeenIds();
    this.#slices = new SeenIds();
    this.#customers = new SeenIds();
    this.#learning = undefined;
  }

  /**
   * Starts to learn what stands before these positions, none of which a step has passed yet; again does nothing. Everything after them
   * must be added by the steps themselves. A failure is tried again with the next step.
   */
  learn(until: readonly Position[]): void {
    const [ids, slices, customers] = [this.#ids, this.#slices, this.#customers];
    this.#learning ??= Promise.all([this.learnIds(ids, until), this.learnSlices(slices), this.learnCustomers(customers)]).then(
      () => undefined,
      () => {
        if (ids === this.#ids) this.#learning = undefined;
      },
    );
  }

  /** Resolves when what `learn` began is through, for whom has to know. */
  async learnt(): Promise<void> {
    await this.#learning;
  }

  private async learnIds(ids: SeenIds, until: readonly Position[]): Promise<void> {
    for (const [topic, name, columns] of [
      ['transactions.v1', 'ledger_transactions', sql`entity_id, '' AS return_id`],
      ['returns.v1', 'ledger_returns', sql`entity_id, return_id`],
    ] as const) {
      const table = tableOf(this.shop, name);
      const stretches = await this.clickhouse.query<{ partition: number; epoch: number; first: string; last: string }>(
        sql`SELECT partition, epoch, min(l.offset) AS first, max(l.offset) AS last FROM ${table} AS l
WHERE ${before(until.filter((each) => each.topic === topic))} GROUP BY partition, epoch`,
      );
      for (const { partition, epoch, first, last } of stretches) {
        for (let from = BigInt(first); from <= BigInt(last) && ids === this.#ids; from += BigInt(rowsPerRead)) {
          const begun = performance.now();
          const rows = await this.clickhouse.query<{ entity_id: string; return_id: string }>(
            sql`SELECT DISTINCT ${columns} FROM ${table}
WHERE partition = ${partition} AND epoch = ${epoch} AND offset >= ${from} AND offset < ${from + BigInt(rowsPerRead)} AND verdict = 'accepted'`,
          );
          for (const row of rows) {
            ids.add(row.entity_id);
            if (row.return_id !== '') ids.add(`r:${row.return_id}`);
          }
          await sleep(rests * (performance.now() - begun));
        }
      }
    }
    ids.complete();
  }

  private async learnSlices(slices: SeenIds): Promise<void> {
    const rows = await this.clickhouse.query<{ slice: number }>(
      sql`SELECT DISTINCT toUnixTimestamp(slice) AS slice FROM ${tableOf(this.shop, 'fact_returns')}`,
    );
    for (const row of rows) slices.add(String(row.slice));
    slices.complete();
  }

  private async learnCustomers(customers: SeenIds): Promise<void> {
    const keys = tableOf(this.shop, 'dim_customer_keys');
    const [newest] = await this.clickhouse.query<{ last: number }>(sql`SELECT max(customer_key) AS last FROM ${keys}`);
    for (let from = 0; from <= (newest?.last ?? 0) && customers === this.#customers; from += rowsPerRead) {
      const rows = await this.clickhouse.query<{ customer_id: string }>(
        sql`SELECT customer_id FROM ${keys} WHERE customer_key >= ${from} AND customer_key < ${from + rowsPerRead}`,
      );
      for (const row of rows) customers.add(row.customer_id);
    }
    customers.complete();
  }
}
