import { ident, join as joined, sql, type ClickHouse } from '#clickhouse';
import { arrivals, compareWarehouse, FaultyClickHouse, foldOracle, MemoryLog, PipelineProcess, poison, seededShop } from '#testing';
import { ShopRepository, type Shop } from '#warehouse';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const folder = 'infra/clickhouse/migrations';
const { shop: settings, messages } = seededShop(7, { orders: 60, customers: 12, products: 6 });
/** No version before the migrations of a shop with a ledger knew of counts of stock. */
const said = [...messages, ...poison(settings.currency).map(({ message }) => message)].filter(
  ({ value }) => !value.includes('stock-counted'),
);
const sent = arrivals(7, said, { shuffle: true, duplicate: 0.1 });

/** What migrations do to a shop that is there already, and to one in which they died. */
export class Migrations {
  #shops = 0;

  private constructor(
    private readonly engine: ClickHouse,
    private readonly directory: string,
    /** A shop that nothing ever happened to. */
    private readonly untouched: Readonly<Record<string, string>>,
    /** A shop of today, whose ledger the others are given. */
    private readonly source: Shop,
  ) {}

  /** @param directory for migrations as they were before some were added */
  static async over(engine: ClickHouse, directory: string): Promise<Migrations> {
    const shops = new ShopRepository(engine);
    await shops.prepareSystem();
    const shop = await register(shops, 'untouched');
    await shops.prepare(shop);
    const schema = await schemaOf(engine, shop);
    const source = await register(shops, 'source');
    await shops.prepare(source);
    const log = new MemoryLog();
    for (const message of sent) log.send(message);
    await new PipelineProcess(engine, source, log).drain(log.partitions());
    return new Migrations(engine, directory, schema, source);
  }

  /** Numbers of those that change a shop which may hold a ledger. */
  static async ofShops(): Promise<number[]> {
    const files = (await readdir(folder)).sort();
    const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(join(folder, file), 'utf8') })));
    const scoped = texts
      .filter(({ text }) => /^-- scope: shop$/m.test(text))
      .map(({ file, text }) => ({ number: Number(file.slice(0, 4)), text }));
    const ledger = scoped.find(({ text }) => text.includes('ledger_transactions'))?.number ?? 0;
    return scoped.map(({ number }) => number).filter((number) => number > ledger);
  }

  /**
   * A shop as it was before a migration was added gets a ledger, then that migration and those after it, then figures.
   * @returns tables that are not as in a new shop, and cells that are not the oracle's
   */
  async upgrade(number: number): Promise<{ tables: number; cells: number }> {
    const shop = await this.next();
    await new ShopRepository(this.engine, await this.before(number)).prepare(shop);
    await this.giveLedger(shop);
    await new ShopRepository(this.engine).prepare(shop);
    const tables = await this.differing(shop);
    const process = new PipelineProcess(this.engine, shop, new MemoryLog());
    await process.claim();
    await process.refresher.refreshViews();
    const cells = (await compareWarehouse(this.engine, shop.database, foldOracle(sent, settings), settings)).length;
    return { tables, cells };
  }

  /**
   * A process dies at one statement of the migrations of a new shop, the next one goes on.
   * @param at counted from 1
   * @param carriedOut whether the store had carried it out
   * @returns tables that are not as in a shop whose migrations went through; undefined when there are fewer statements
   */
  async death(at: number, carriedOut: boolean): Promise<number | undefined> {
    const shop = await this.next();
    const store = new FaultyClickHouse(this.engine);
    const prepare = (): Promise<void> => store.reading(() => new ShopRepository(store).prepare(shop));
    if ((await store.under({ kind: 'crash', at, carriedOut }, prepare)) !== 'died') return undefined;
    await new ShopRepository(this.engine).prepare(shop);
    const tables = await this.differing(shop);
    // A store with hundreds of databases gets slow.
    await this.engine.command(sql`DROP DATABASE ${ident(shop.database)}`);
    return tables;
  }

  /** The ledger as a version of its schema would have written it. */
  private async giveLedger({ database }: Shop): Promise<void> {
    const tables = await this.engine.query<{ name: string; columns: string[] }>(
      sql`SELECT c.table AS name, groupArray(c.name) AS columns FROM system.columns AS c
WHERE c.database = ${database} AND startsWith(c.table, 'ledger_') GROUP BY c.table`,
    );
    for (const { name, columns } of tables) {
      const own = joined(columns.map((column) => ident(column)));
      await this.engine.command(sql`INSERT INTO ${ident(database, name)} (${own}) SELECT ${own} FROM ${ident(this.source.database, name)}`);
    }
  }

  private next(): Promise<Shop> {
    return register(new ShopRepository(this.engine), `shop-${(this.#shops += 1)}`);
  }

  /** The migrations that had been there before one was added. Those of the registry stay: it is one for all shops. */
  private async before(number: number): Promise<string> {
    const older = join(this.directory, `before-${number}`);
    await cp(folder, older, { recursive: true });
    for (const file of await readdir(older)) {
      const ofShops = /^-- scope: shop$/m.test(await readFile(join(older, file), 'utf8'));
      if (ofShops && Number(file.slice(0, 4)) >= number) await rm(join(older, file));
    }
    return older;
  }

  private async differing(shop: Shop): Promise<number> {
    const actual = await schemaOf(this.engine, shop);
    const names = Object.keys({ ...this.untouched, ...actual }).filter((name) => actual[name] !== this.untouched[name]);
    for (const name of names) process.stdout.write(`${shop.shop}, ${name}: ${actual[name]}\nand not ${this.untouched[name]}\n`);
    return names.length;
  }
}

function register(shops: ShopRepository, name: string): Promise<Shop> {
  return shops.register({ shop: name, ...settings, fiscalYearStart: 1, clockMode: 'data' });
}

/** Every table and view as the engine would write it, by name; without what is of one shop alone. */
async function schemaOf(engine: ClickHouse, { database }: Shop): Promise<Record<string, string>> {
  const tables = await engine.query<{ name: string; create: string }>(
    sql`SELECT name, create_table_query AS create FROM system.tables WHERE database = ${database} AND name NOT LIKE '.%' ORDER BY name`,
  );
  const plain = (text: string): string => text.replaceAll(database, 'shop').replace(/ (TO INNER )?UUID '[^']*'/g, '');
  return Object.fromEntries(tables.map(({ name, create }) => [name, plain(create)]));
}
