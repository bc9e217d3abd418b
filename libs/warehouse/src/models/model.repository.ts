import { ident, join, sql, Standing, systemDatabase, type ClickHouse, type Sql } from '#clickhouse';
import type { ModelCard, ModelKind, ModelManifest, ModelMove } from '#contracts';
import type { Shop } from '../shop.js';
import { WarehouseError } from '../warehouse.errors.js';
import { instantOf } from '../watermark.repository.js';
import { noRoles, roleOf, rolesAfter, type LoggedMove, type ModelRoles } from './model-roles.js';
import { manifestText, readManifest, refuseOtherFiles, versionOf, type ModelFiles, type StoredModel } from './model-version.js';

const table = ident(systemDatabase, 'models');
const movesTable = ident(systemDatabase, 'model_moves');

/** A version without its files. */
export interface KeptModel {
  readonly version: string;
  readonly manifest: ModelManifest;
  readonly bytes: number;
  readonly addedAt: Date;
  readonly addedBy: string;
}

/** What is to be added. */
export interface NewModel extends ModelFiles {
  /** Middle part of the version. */
  readonly name: string;
  readonly manifest: ModelManifest;
  readonly card?: ModelCard;
}

interface MoveRow {
  database: string;
  kind: ModelKind;
  at: string;
  move: ModelMove;
  role: LoggedMove['role'];
  version: string;
  moved_by: string;
}

type OfShop = Pick<Shop, 'shop' | 'database'>;

/** Versions of models, and which of them each shop uses. Nothing of it is ever changed: versions and moves are added. */
export class ModelRepository {
  readonly #moves: Standing<MoveRow[]>;

  constructor(private readonly clickhouse: ClickHouse) {
    this.#moves = new Standing(clickhouse);
  }

  /**
   * Keeps a version. The same file and manifest again is the same version, with the card it came with first.
   * @throws {WarehouseError} `model-file-differs` when a file is not the manifest's
   */
  async add({ name, manifest, file, offset, card }: NewModel, by: string): Promise<{ version: string; added: boolean }> {
    refuseOtherFiles(manifest, { file, offset });
    const version = versionOf(name, manifest, file);
    if (await this.has(version)) return { version, added: false };
    const figures = Object.entries(card?.figures ?? {});
    await this.clickhouse.command(
      // The bytes as base64: a statement is text.
      sql`INSERT INTO ${table} (version, kind, manifest, file, offset_file, bytes, sha256, card, figures.name, figures.svg, added_at, added_by)
SELECT ${version}, ${manifest.kind}, ${manifestText(manifest)}, base64Decode(${file.toString('base64')}), base64Decode(${offset?.toString('base64') ?? ''}), ${file.length + (offset?.length ?? 0)}, ${manifest.sha256}, ${card?.markdown ?? null},
    ${texts(figures.map(([figure]) => figure))}, ${texts(figures.map(([, svg]) => svg))}, now64(3), ${by}`,
      'background',
    );
    return { version, added: true };
  }

  /** Whether a version was added. */
  async has(version: string): Promise<boolean> {
    return (await this.clickhouse.query(sql`SELECT 1 AS one FROM ${table} WHERE version = ${version} LIMIT 1`)).length > 0;
  }

  /** All versions, the newest first. */
  async list(): Promise<KeptModel[]> {
    return this.kept(sql`1`);
  }

  /** @throws {WarehouseError} `model-unknown` naming some that there are */
  async known(version: string): Promise<KeptModel> {
    const [kept] = await this.kept(sql`version = ${version}`);
    if (!kept) throw await this.unknown(version);
    return kept;
  }

  /** Card and names of figures; both may be missing. */
  async card(version: string): Promise<{ card: string | null; figures: string[] }> {
    const [row] = await this.clickhouse.query<{ card: string | null; figures: string[] }>(
      sql`SELECT card, figures.name AS figures FROM ${table} WHERE version = ${version} ORDER BY added_at LIMIT 1`,
    );
    return row ?? { card: null, figures: [] };
  }

  /** SVG of a card. */
  async figure(version: string, name: string): Promise<string | undefined> {
    const [row] = await this.clickhouse.query<{ svg: string }>(
      sql`SELECT figures.svg[indexOf(figures.name, ${name})] AS svg FROM ${table} WHERE version = ${version} AND has(figures.name, ${name}) ORDER BY added_at LIMIT 1`,
    );
    return row?.svg;
  }

  /**
   * A version with its files.
   * @throws {WarehouseError} `model-unknown`; `model-damaged` when the store does not give back what was added
   */
  async read(version: string): Promise<StoredModel> {
    const [row] = await this.clickhouse.query<{ manifest: string; file: string; offset: string }>(
      sql`SELECT manifest, base64Encode(file) AS file, base64Encode(offset_file) AS offset FROM ${table} WHERE version = ${version} ORDER BY added_at LIMIT 1`,
    );
    if (!row) throw await this.unknown(version);
    const file = Buffer.from(row.file, 'base64');
    const name = version.slice(version.indexOf('-') + 1, version.lastIndexOf('-'));
    const manifest = readManifest(JSON.parse(row.manifest));
    const files: ModelFiles = row.offset === '' ? { file } : { file, offset: Buffer.from(row.offset, 'base64') };
    if (!areOf(manifest, files) || versionOf(name, manifest, file, row.manifest) !== version) {
      throw new WarehouseError(
        'model-damaged',
        `The store does not give back ${version} as it was added: file or manifest changed. Roll back to another version; restore the store's back-up to have this one again.`,
      );
    }
    return { version, manifest, ...files };
  }

  /** The model whose scores count. @throws as `read` does */
  async active(shop: OfShop, kind: ModelKind): Promise<StoredModel | undefined> {
    const { active } = await this.rolesOf(shop, kind);
    return active === undefined ? undefined : this.read(active);
  }

  /** The model that is scored beside it. @throws as `read` does */
  async shadow(shop: OfShop, kind: ModelKind): Promise<StoredModel | undefined> {
    const { shadow } = await this.rolesOf(shop, kind);
    return shadow === undefined ? undefined : this.read(shadow);
  }

  /** Which versions a shop uses, by kind; cheap enough to be asked every second. */
  async roles(shop: OfShop): Promise<ReadonlyMap<ModelKind, ModelRoles>> {
    return rolesOfMoves(await this.movesOf(shop)).get(shop.database) ?? new Map<ModelKind, ModelRoles>();
  }

  async rolesOf(shop: OfShop, kind: ModelKind): Promise<ModelRoles> {
    return (await this.roles(shop)).get(kind) ?? noRoles;
  }

  /** Roles of every shop, by its database. */
  async allRoles(): Promise<ReadonlyMap<string, ReadonlyMap<ModelKind, ModelRoles>>> {
    return rolesOfMoves(await this.moveRows());
  }

  /** Every move of a shop's models of a kind, oldest first. */
  async log(shop: OfShop, kind: ModelKind): Promise<LoggedMove[]> {
    const moves = (await this.movesOf(shop)).filter((row) => row.kind === kind);
    return moves.map(({ at, move, role, version, moved_by }) => ({
      ...{ at: instantOf(at), by: moved_by, move, role, version },
    }));
  }

  /**
   * Gives a version a role in a shop: `promote` makes it active, `shadow` has it scored beside the active one, `withdraw` takes its role. One
   * that has the role already is left alone.
   * @throws {WarehouseError} `model-unknown`; `model-move-refused` when the active one is to be a shadow, or one without a role withdrawn
   */
  async move(shop: OfShop, move: Exclude<ModelMove, 'rollback'>, version: string, by: string): Promise<ModelRoles> {
    const { kind } = (await this.known(version)).manifest;
    const { active, shadow } = await this.rolesOf(shop, kind);
    if (move === 'shadow' && active === version) {
      throw refused(`${version} is active in ${shop.shop}: as a shadow it would leave no model that counts. Promote another one first.`);
    }
    if (move === 'withdraw' && active !== version && shadow !== version) throw refused(`${version} has no role in ${shop.shop}.`);
    if (!(move === 'promote' && active === version) && !(move === 'shadow' && shadow === version)) {
      await this.write(shop, kind, move, version, by);
    }
    return this.rolesOf(shop, kind);
  }

  /**
   * Makes active what was active before; again goes one further back.
   * @throws {WarehouseError} `model-move-refused` when nothing was
   */
  async rollback(shop: OfShop, kind: ModelKind, by: string): Promise<ModelRoles> {
    const { active, before } = await this.rolesOf(shop, kind);
    if (before === undefined) {
      const words =
        active === undefined
          ? `${shop.shop} never had an active ${kind} model`
          : `Before ${active} no ${kind} model was active in ${shop.shop}`;
      throw refused(`${words}: there is nothing to roll back to. Promote a version: model list shows them.`);
    }
    await this.write(shop, kind, 'rollback', before, by);
    return this.rolesOf(shop, kind);
  }

  private async write(shop: OfShop, kind: ModelKind, move: ModelMove, version: string, by: string): Promise<void> {
    // Later than every move before it, whatever the machine's clock says: the order of moves is what they mean.
    await this.clickhouse.command(sql`INSERT INTO ${movesTable} (database, kind, at, move, role, version, moved_by)
SELECT ${shop.database}, ${kind}, greatest(now64(6), max(at) + toIntervalMicrosecond(1)), ${move}, ${roleOf[move]}, ${version}, ${by}
FROM ${movesTable} WHERE database = ${shop.database} AND kind = ${kind}`);
  }

  private movesOf({ database }: OfShop): Promise<MoveRow[]> {
    return this.#moves.get(database, [movesTable], () => this.moveRows(sql`database = ${database}`));
  }

  private moveRows(where = sql`1`): Promise<MoveRow[]> {
    return this.clickhouse.query<MoveRow>(
      sql`SELECT database, kind, at, move, role, version, moved_by FROM ${movesTable} WHERE ${where} ORDER BY database, kind, at, id`,
    );
  }

  private async kept(where = sql`1`): Promise<KeptModel[]> {
    const rows = await this.clickhouse.query<{ version: string; manifest: string; bytes: string; added_at: string; added_by: string }>(
      // Two who added it at once made two rows of the same content: the first one counts.
      sql`SELECT version, manifest, bytes, added_at, added_by FROM ${table} WHERE ${where} ORDER BY added_at, version LIMIT 1 BY version`,
    );
    return rows
      .map(({ version, manifest, bytes, added_at, added_by }) => ({
        ...{ version, bytes: Number(bytes), addedAt: instantOf(added_at), addedBy: added_by },
        manifest: readManifest(JSON.parse(manifest)),
      }))
      .reverse();
  }

  private async unknown(version: string): Promise<WarehouseError> {
    const rows = await this.clickhouse.query<{ version: string }>(sql`SELECT DISTINCT version FROM ${table} ORDER BY version LIMIT 20`);
    const names = rows.map((row) => row.version).join(', ');
    const words =
      names === '' ? 'There is none yet: train one with npm run train, or add one with npm run cli -- model add.' : `There are: ${names}.`;
    return new WarehouseError('model-unknown', `There is no model ${version}. ${words}`);
  }
}

/** By database. @param rows of each shop and kind in their order */
function rolesOfMoves(rows: readonly MoveRow[]): Map<string, Map<ModelKind, ModelRoles>> {
  const moves = new Map<string, Map<ModelKind, MoveRow[]>>();
  for (const row of rows) {
    const kinds = moves.get(row.database) ?? new Map<ModelKind, MoveRow[]>();
    moves.set(row.database, kinds.set(row.kind, [...(kinds.get(row.kind) ?? []), row]));
  }
  return new Map([...moves].map(([database, kinds]) => [database, new Map([...kinds].map(([kind, own]) => [kind, rolesAfter(own)]))]));
}

function areOf(manifest: ModelManifest, files: ModelFiles): boolean {
  try {
    refuseOtherFiles(manifest, files);
    return true;
  } catch {
    return false;
  }
}

const refused = (words: string): WarehouseError => new WarehouseError('model-move-refused', words);
const texts = (values: readonly string[]): Sql => sql`CAST([${join(values.map((value) => sql`${value}`))}], 'Array(String)')`;
