import { ident, join, migrate, pendingMigrations, readMigrations, sql, systemDatabase, type ClickHouse, type Migration } from '#clickhouse';
import { shipped } from '#config';
import { databaseOf, isSandbox, tableOf, type ClockMode, type Shop } from './shop.js';
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

/** Claims of a sandbox that no former one of its name reached; a generation has 24 bits for them. */
const claimsPerIncarnation = 4_096;

interface ShopRow {
  shop: string;
  time_zone: string;
  currency: string;
  fiscal_year_start: number;
  clock_mode: ClockMode;
  replay_of: string;
  scored: number;
  incarnation: number;
  presence: 'there' | 'deleted' | 'dropped';
  version: string;
}

/** The registry of shops and their schemas. */
export class ShopRepository implements ShopDirectory {
  #migrations: Promise<Migration[]> | undefined;
  /** The registry, for every request asks: kept until this process writes it, or for a moment where others may. */
  #known: { at: number; rows: Promise<ShopRow[]> } | undefined;

  constructor(
    private readonly clickhouse: ClickHouse,
    private readonly migrationsDirectory = shipped('infra/clickhouse/migrations'),
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
    const floor = (await this.rows()).find((row) => row.shop === shop.shop)?.incarnation ?? 1;
    // Generations of a name never go back: whoever watched the deleted sandbox of this name goes on with the new one.
    if (floor > 1) {
      const claims = tableOf(shop, 'claims');
      await this.clickhouse.command(
        sql`INSERT INTO ${claims} (claim, claimed_at, claimed_by) SELECT ${(floor - 1) * claimsPerIncarnation}, now64(3), 'former sandboxes of this name' WHERE (SELECT count() FROM ${claims}) = 0`,
      );
    }
  }

  /** Names of the migrations that a shop's database lacks: an older version wrote it last. */
  async pending(shop: Shop): Promise<string[]> {
    return (await pendingMigrations(this.clickhouse, await this.migrations(), 'shop', shop.database)).map(({ name }) => name);
  }

  /**
   * Registers a shop. Again with the same settings changes nothing.
   * @throws {WarehouseError} `shop-differs` when the shop exists with other settings: figures already follow those.
   *   `shop-not-ready` while a sandbox of this name is being deleted
   */
  async register(settings: ShopSettings): Promise<Shop> {
    this.#known = undefined;
    const former = (await this.rows()).find((row) => row.shop === settings.shop);
    if (former?.presence === 'there') {
      const existing = shopOf(former);
      const differing = (['timeZone', 'currency', 'fiscalYearStart', 'clockMode', 'replayOf', 'scored'] as const).filter(
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
    if (former?.presence === 'deleted') {
      throw new WarehouseError('shop-not-ready', `The sandbox ${settings.shop} is being deleted. Try again in a moment.`);
    }
    const row: ShopRow = {
      shop: settings.shop,
      time_zone: settings.timeZone,
      currency: settings.currency,
      fiscal_year_start: settings.fiscalYearStart,
      clock_mode: settings.clockMode,
      replay_of: settings.replayOf ?? '',
      scored: settings.scored ? 1 : 0,
      incarnation: (former?.incarnation ?? 0) + 1,
      presence: 'there',
      version: former?.version ?? '0',
    };
    await this.write(row);
    return shopOf(row);
  }

  /** The database that a shop of this name would get if it were registered now. */
  async nextDatabase(shop: string): Promise<string> {
    this.#known = undefined;
    return databaseOf(shop, ((await this.rows()).find((row) => row.shop === shop)?.incarnation ?? 0) + 1);
  }

  /** A sandbox is there no longer; its database goes when nobody works on it any more (`drop`). */
  async remove(shop: Shop): Promise<void> {
    if (!isSandbox(shop)) throw new TypeError(`${shop.shop} is no sandbox: its ledger is the only copy of what happened.`);
    await this.become(shop, 'there', 'deleted');
  }

  /** Sandboxes that were removed and whose database may still be there. */
  async removed(): Promise<Shop[]> {
    return (await this.rows()).filter(({ presence }) => presence === 'deleted').map(shopOf);
  }

  /** Whether a sandbox is among them at this very moment. */
  async isRemoved({ database }: Shop): Promise<boolean> {
    this.#known = undefined;
    return (await this.removed()).some((each) => each.database === database);
  }

  /** Drops the database of a removed sandbox. */
  async drop(shop: Shop): Promise<void> {
    await this.clickhouse.command(sql`DROP DATABASE IF EXISTS ${ident(shop.database)} SYNC`, 'refresher');
    await this.become(shop, 'deleted', 'dropped');
  }

  async find(shop: string): Promise<Shop | undefined> {
    return (await this.list()).find((each) => each.shop === shop);
  }

  async list(): Promise<Shop[]> {
    return (await this.rows()).filter(({ presence }) => presence === 'there').map(shopOf);
  }

  private async become(shop: Shop, from: ShopRow['presence'], to: ShopRow['presence']): Promise<void> {
    this.#known = undefined;
    const row = (await this.rows()).find((each) => shopOf(each).database === shop.database);
    if (row?.presence === from) await this.write({ ...row, presence: to });
  }

  /** The next version of a row. */
  private async write(row: ShopRow): Promise<void> {
    await this.clickhouse.command(
      sql`INSERT INTO ${ident(systemDatabase, 'shops')} (shop, time_zone, currency, fiscal_year_start, clock_mode, replay_of, scored, incarnation, presence, created_at, version)
VALUES (${row.shop}, ${row.time_zone}, ${row.currency}, ${row.fiscal_year_start}, ${row.clock_mode}, ${row.replay_of}, ${row.scored}, ${row.incarnation}, ${row.presence}, now64(3), ${BigInt(row.version) + 1n})`,
    );
    this.#known = undefined;
  }

  private async rows(): Promise<ShopRow[]> {
    const now = performance.now();
    const keptMs = this.clickhouse.shared ? 500 : Infinity;
    if (!this.#known || now - this.#known.at > keptMs) {
      const known = { at: now, rows: this.readAll() };
      this.#known = known;
      known.rows.catch(() => {
        if (this.#known === known) this.#known = undefined;
      });
    }
    return this.#known.rows;
  }

  private async readAll(): Promise<ShopRow[]> {
    const columns = ['time_zone', 'currency', 'fiscal_year_start', 'clock_mode', 'replay_of', 'scored', 'incarnation', 'presence'] as const;
    const newest = columns.map((column) => sql`argMax(s.${ident(column)}, s.version) AS ${ident(column)}`);
    return this.clickhouse.query<ShopRow>(
      sql`SELECT shop, ${join(newest)}, max(s.version) AS version FROM ${ident(systemDatabase, 'shops')} AS s GROUP BY shop ORDER BY shop`,
    );
  }

  private migrations(): Promise<Migration[]> {
    this.#migrations ??= readMigrations(this.migrationsDirectory);
    return this.#migrations;
  }
}

function shopOf(row: ShopRow): Shop {
  return {
    shop: row.shop,
    database: databaseOf(row.shop, row.incarnation),
    timeZone: row.time_zone,
    currency: row.currency,
    fiscalYearStart: row.fiscal_year_start,
    clockMode: row.clock_mode,
    ...(row.replay_of === '' ? {} : { replayOf: row.replay_of }),
    ...(row.scored === 1 ? { scored: true } : {}),
  };
}
