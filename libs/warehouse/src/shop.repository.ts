import { fileURLToPath } from 'node:url';
import { ident, migrate, pendingMigrations, readMigrations, sql, systemDatabase, type ClickHouse, type Migration } from '#clickhouse';
import { databaseOf, type ClockMode, type Shop } from './shop.js';
import { unknownShop, WarehouseError } from './warehouse.errors.js';

/** Nest token of the registry of shops. */
export const SHOP_DIRECTORY = Symbol('SHOP_DIRECTORY');

/** Who needs to know which shops there are. */
export interface ShopDirectory {
  find(shop: string): Promise<Shop | undefined>;
  list(): Promise<Shop[]>;
}

/** @throws {WarehouseError} `shop-unknown` naming those there are */
export async function findShop(shops: ShopDirectory, name: string): Promise<Shop> {
  const shop = await shops.find(name);
  if (!shop) throw unknownShop(name, await shops.list());
  return shop;
}

/** What one says of a new shop; the database follows from the id. */
export type ShopSettings = Omit<Shop, 'database'>;

interface ShopRow {
  shop: string;
  time_zone: string;
  currency: string;
  fiscal_year_start: number;
  clock_mode: ClockMode;
}

/** The registry of shops and their schemas. */
export class ShopRepository implements ShopDirectory {
  #migrations: Promise<Migration[]> | undefined;
  /** Registered shops, kept for a moment: every request asks. */
  #known: { at: number; shops: Promise<Shop[]> } | undefined;

  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly migrationsDirectory = shippedMigrations(),
  ) {}

  /** Brings the system database to the newest schema. */
  async prepareSystem(): Promise<void> {
    await migrate(this.clickhouse, await this.migrations(), 'system', systemDatabase);
  }

  /** Brings a shop's database to the newest schema; creates it when missing. */
  async prepare(shop: Shop): Promise<void> {
    const applied = await migrate(this.clickhouse, await this.migrations(), 'shop', shop.database, {
      zone: sql`${shop.timeZone}`.text,
      fiscal_year_start: String(shop.fiscalYearStart),
    });
    if (applied > 0) this.#known = undefined;
  }

  /** Names of the migrations that a shop's database lacks: an older version wrote it last. */
  async pending(shop: Shop): Promise<string[]> {
    return (await pendingMigrations(this.clickhouse, await this.migrations(), 'shop', shop.database)).map(({ name }) => name);
  }

  /**
   * Registers a shop. Again with the same settings changes nothing.
   * @throws {WarehouseError} `shop-differs` when the shop exists with other settings: figures already follow those.
   */
  async register(settings: ShopSettings): Promise<Shop> {
    this.#known = undefined;
    const existing = await this.find(settings.shop);
    if (existing) {
      const differing = (['timeZone', 'currency', 'fiscalYearStart', 'clockMode'] as const).filter(
        (name) => existing[name] !== settings[name],
      );
      if (differing.length > 0) {
        throw new WarehouseError(
          'shop-differs',
          `The shop ${settings.shop} exists with ${differing.map((name) => `${name} ${existing[name]} (asked: ${settings[name]})`).join(', ')}. Its figures follow those settings: choose another shop id.`,
        );
      }
      return existing;
    }
    await this.clickhouse.command(
      sql`INSERT INTO ${ident(systemDatabase, 'shops')} VALUES (${settings.shop}, ${settings.timeZone}, ${settings.currency}, ${settings.fiscalYearStart}, ${settings.clockMode}, now64(3), 1)`,
    );
    this.#known = undefined;
    return { ...settings, database: databaseOf(settings.shop) };
  }

  async find(shop: string): Promise<Shop | undefined> {
    return (await this.list()).find((each) => each.shop === shop);
  }

  async list(): Promise<Shop[]> {
    const now = performance.now();
    if (!this.#known || now - this.#known.at > 500) this.#known = { at: now, shops: this.readAll() };
    return this.#known.shops;
  }

  private async readAll(): Promise<Shop[]> {
    const rows = await this.clickhouse
      .query<ShopRow>(sql`SELECT shop, argMax(time_zone, version) AS time_zone, argMax(currency, version) AS currency,
    argMax(fiscal_year_start, version) AS fiscal_year_start, argMax(clock_mode, version) AS clock_mode
FROM ${ident(systemDatabase, 'shops')} GROUP BY shop ORDER BY shop`);
    return rows.map((row) => ({
      shop: row.shop,
      database: databaseOf(row.shop),
      timeZone: row.time_zone,
      currency: row.currency,
      fiscalYearStart: row.fiscal_year_start,
      clockMode: row.clock_mode,
    }));
  }

  private migrations(): Promise<Migration[]> {
    this.#migrations ??= readMigrations(this.migrationsDirectory);
    return this.#migrations;
  }
}

/** The migrations of this repository, found from the build (`dist/libs/...`) as from the source (`libs/...`). */
function shippedMigrations(): string {
  const here = fileURLToPath(import.meta.url);
  const root = here.slice(0, here.lastIndexOf(`${here.includes('/dist/libs/') ? '/dist' : ''}/libs/`));
  return `${root}/infra/clickhouse/migrations`;
}
