import type {
  ModelAddedAnswer,
  ModelAnswer,
  ModelBody,
  ModelKind,
  ModelListed,
  ModelMove,
  ModelsAnswer,
  ShopModelsAnswer,
} from '#contracts';
import { modelKinds } from '#contracts';
import {
  findShop,
  readManifest,
  refuseOtherFiles,
  versionOf,
  WarehouseError,
  type KeptModel,
  type ModelRepository,
  type NewModel,
  type ShopDirectory,
  type StoredModel,
} from '#warehouse';
import { rolesIn, shopModelsOf, summaryOf } from './model-answers.js';

/** @throws when this build cannot score with a model, saying why */
export type FitCheck = (model: Omit<StoredModel, 'version'>) => Promise<void>;

export interface ModelsParts {
  readonly models: ModelRepository;
  readonly shops: ShopDirectory;
  readonly refuseUnfit: FitCheck;
}

/** The registry of models as people and programs see it. */
export class ModelsService {
  constructor(private readonly parts: ModelsParts) {}

  /**
   * Adds a version that this build can score with; no shop uses it until it is promoted.
   * @throws {WarehouseError} `model-invalid`, `model-file-differs`
   * @throws {ScoringError} when it reads other features, or is no model
   */
  async add(body: ModelBody, by: string): Promise<ModelAddedAnswer> {
    const manifest = readManifest(body.manifest);
    const file = Buffer.from(body.file, 'base64');
    const offset = body.offset === undefined ? {} : { offset: Buffer.from(body.offset, 'base64') };
    const card = body.card === undefined ? {} : { card: body.card };
    const { version, added } = await this.keep({ name: body.name ?? manifest.shop, manifest, file, ...offset, ...card }, by);
    return { ...(await this.listed(await this.parts.models.known(version))), added };
  }

  /** The same for files that are at hand. */
  async keep(model: NewModel, by: string): Promise<{ version: string; added: boolean }> {
    refuseOtherFiles(model.manifest, model);
    // Looked into once: a start need not open again what is shipped.
    const version = versionOf(model.name, model.manifest, model.file);
    if (await this.parts.models.has(version)) return { version, added: false };
    await this.parts.refuseUnfit(model);
    return this.parts.models.add(model, by);
  }

  /** All versions, newest first. */
  async list(): Promise<ModelsAnswer> {
    const { models, shops } = this.parts;
    const [kept, there, roles] = await Promise.all([models.list(), shops.list(), models.allRoles()]);
    return { models: kept.map((each) => ({ ...summaryOf(each), roles: rolesIn(each.version, there, roles) })) };
  }

  /** @throws {WarehouseError} `model-unknown` */
  async show(version: string): Promise<ModelAnswer> {
    const kept = await this.parts.models.known(version);
    const { card, figures } = await this.parts.models.card(version);
    return { ...(await this.listed(kept)), manifest: kept.manifest, card, figures };
  }

  /** SVG. @throws {WarehouseError} `model-unknown` when the version has no such figure */
  async figure(version: string, name: string): Promise<string> {
    const svg = await this.parts.models.figure(version, name);
    if (svg === undefined) throw new WarehouseError('model-unknown', `${version} has no figure ${name}: its answer lists those there are.`);
    return svg;
  }

  /** What a shop uses, and every move that led there. @throws {WarehouseError} `shop-unknown` */
  async ofShop(name: string): Promise<ShopModelsAnswer> {
    const shop = await findShop(this.parts.shops, name);
    const logs = await Promise.all(modelKinds.map(async (kind) => [kind, await this.parts.models.log(shop, kind)] as const));
    return shopModelsOf(name, await this.parts.models.roles(shop), new Map(logs));
  }

  /**
   * Gives a version a role in a shop, and answers with what that came to.
   * @throws {WarehouseError} `shop-unknown`, `model-unknown`, `model-move-refused`, `model-damaged`
   */
  async move(name: string, move: Exclude<ModelMove, 'rollback'>, version: string, by: string): Promise<ShopModelsAnswer> {
    const shop = await findShop(this.parts.shops, name);
    // A version of another build, or one that the store does not give back: said to who asks, not to the scorer.
    if (move !== 'withdraw') await this.parts.refuseUnfit(await this.parts.models.read(version));
    await this.parts.models.move(shop, move, version, by);
    return this.ofShop(name);
  }

  /**
   * Makes active what was active before.
   * @throws {WarehouseError} `shop-unknown`, `model-move-refused`, `model-damaged`
   * @throws {ScoringError} when this build cannot score with that one: another one is to be promoted
   */
  async rollback(name: string, kind: ModelKind, by: string): Promise<ShopModelsAnswer> {
    const shop = await findShop(this.parts.shops, name);
    const { before } = await this.parts.models.rolesOf(shop, kind);
    if (before !== undefined) await this.parts.refuseUnfit(await this.parts.models.read(before));
    await this.parts.models.rollback(shop, kind, by);
    return this.ofShop(name);
  }

  private async listed(kept: KeptModel): Promise<ModelListed> {
    const [shops, roles] = await Promise.all([this.parts.shops.list(), this.parts.models.allRoles()]);
    return { ...summaryOf(kept), roles: rolesIn(kept.version, shops, roles) };
  }
}
