import { ident, sql, type ClickHouse, type Sql } from '#clickhouse';
import { ShopRepository } from '../shop.repository.js';
import { tableOf, type Shop } from '../shop.js';
import { figureTables, viewTables, type ComparedTable } from './figure-tables.js';
import { trueKeysSql } from './true-keys.js';

/** Tables of the shop as they stood at one moment, in the aside database. */
const frozenPrefix = 'was_';

/**
 * A database beside a shop's own, in which its figures are folded once more from its ledger: to compare them with those on show, or to
 * put them in their place. It holds nothing that cannot be made again: a crash leaves it behind, and the next one drops it.
 */
export class Aside {
  /** The shop as whoever folds it sees it: tables of its own, the ledger of the shop. */
  readonly shop: Shop;

  private constructor(
    private readonly clickhouse: ClickHouse,
    readonly of: Shop,
    /** Facts, dimensions and derived tables, first those from which others are made. */
    readonly tables: readonly ComparedTable[],
    readonly views: readonly ComparedTable[],
  ) {
    this.shop = asideOf(of);
  }

  /** Empty tables of the newest schema; what an earlier one left is dropped. */
  static async open(clickhouse: ClickHouse, of: Shop): Promise<Aside> {
    await dropAside(clickhouse, of);
    const shop = asideOf(of);
    await new ShopRepository(clickhouse).prepare(shop);
    return new Aside(clickhouse, of, await figureTables(clickhouse, shop), await viewTables(clickhouse, shop));
  }

  /** Removes the database with all that it holds. */
  drop(): Promise<void> {
    return dropAside(this.clickhouse, this.of);
  }

  /**
   * Keeps the shop's tables as they stand now: links to the same parts, not copies, so that it takes milliseconds. Views are small and
   * are copied.
   */
  async freeze(): Promise<void> {
    const unit = this.clickhouse.unit();
    for (const { name } of this.tables) await unit.command(sql`CREATE TABLE ${this.frozen(name)} CLONE AS ${tableOf(this.of, name)}`);
    for (const { name } of this.views)
      await unit.command(
        sql`CREATE TABLE ${this.frozen(name)} ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM ${tableOf(this.of, name)}`,
      );
    await unit.whole();
  }

  /** A table as it stood when it was frozen. */
  frozen(table: string): Sql {
    return ident(this.shop.database, `${frozenPrefix}${table}`);
  }

  /** Of which refresh a view was when it was frozen; 0 where it holds nothing. */
  async generationOf(view: string): Promise<bigint> {
    const [row] = await this.clickhouse.query<{ generation: string }>(sql`SELECT max(generation) AS generation FROM ${this.frozen(view)}`);
    return BigInt(row?.generation ?? 0);
  }

  /** A table as it was folded here. */
  folded(table: string): Sql {
    return tableOf(this.shop, table);
  }

  /**
   * Takes over the keys of customers that are not here yet: sets of buyers can only be compared, and exchanged, where a customer has
   * the same number on both sides. What is plainly wrong is left out; whoever folds gives those customers new ones.
   * @param from where the tables stand that say which key a customer has: as they are, or frozen
   */
  async takeKeys(from: (table: string) => Sql): Promise<void> {
    const here = this.folded('dim_customer_keys');
    const [missing] = await this.clickhouse.query<{ n: string }>(
      sql`SELECT count() AS n FROM ${from('dim_customer_keys')} WHERE customer_id NOT IN (SELECT customer_id FROM ${here})`,
    );
    const [none] = await this.clickhouse.query<{ n: string }>(sql`SELECT count() AS n FROM ${here}`);
    if (Number(missing?.n) === 0 && Number(none?.n) > 0) return;
    await this.clickhouse.command(trueKeysSql(here, from, (table) => tableOf(this.of, table)));
  }

  /** Customers who have another key here than in the shop's own table, or none there. */
  async otherKeys(): Promise<number> {
    const [row] = await this.clickhouse.query<{ n: string }>(
      sql`SELECT count() AS n FROM ${this.folded('dim_customer_keys')}
WHERE (customer_id, customer_key) NOT IN (SELECT customer_id, customer_key FROM ${tableOf(this.of, 'dim_customer_keys')})`,
    );
    return Number(row?.n ?? 0);
  }

  /**
   * Puts tables that were folded here in the place of the shop's own, one by one, each at once: a statement that runs goes on reading
   * what it began with. To be done while nothing writes, and no answer is made of several tables.
   */
  async exchange(tables: readonly string[]): Promise<void> {
    for (const name of tables) await this.clickhouse.command(sql`EXCHANGE TABLES ${tableOf(this.of, name)} AND ${this.folded(name)}`);
  }

  /** Ids of customers by their keys, for words. */
  async customersOf(keys: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const rows = await this.clickhouse.query<{ customer_key: number; customer_id: string }>(
      sql`SELECT customer_key, any(customer_id) AS customer_id FROM ${this.folded('dim_customer_keys')} WHERE customer_key IN ${keys} GROUP BY customer_key`,
    );
    return new Map(rows.map((row) => [row.customer_key, row.customer_id]));
  }
}

/** No shop's database holds two underscores in a row, so this is nobody's. */
function asideOf(shop: Shop): Shop {
  // Its clock is not its own: whoever folds takes it from the shop, so the plainest way to move it will do.
  return { ...shop, database: `${shop.database}__aside`, ledgerDatabase: shop.database, clockMode: 'data' };
}

/** Removes what a recount left that died. */
export async function dropAside(clickhouse: ClickHouse, of: Shop): Promise<void> {
  // SYNC: else the files stay for minutes, and they are as many as the shop's own.
  await clickhouse.command(sql`DROP DATABASE IF EXISTS ${ident(asideOf(of).database)} SYNC`);
}
