import { shipped } from '#config';
import { modelKinds, type ModelKind } from '#contracts';
import type { Logger } from '#observability';
import { findShop, type ModelRepository, type ShopDirectory } from '#warehouse';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readModelDirectory } from './model-directory.js';
import type { ModelsService } from './models.service.js';

/** Who adds and promotes what comes with the program. */
export const shippedBy = 'shipped';

/** A version that comes with the program. */
export interface ShippedVersion {
  readonly kind: ModelKind;
  /** Whose shops it is for: a profile of the simulator, such as `seed`. */
  readonly name: string;
  readonly version: string;
}

/** Models that come with the program: a directory of each simulated profile, with one model of a kind, as `npm run train -- --out` wrote them. */
export class ShippedModels {
  constructor(
    private readonly service: ModelsService,
    private readonly models: ModelRepository,
    private readonly shops: ShopDirectory,
    private readonly log: Logger,
    private readonly directory = shipped('config/models'),
  ) {}

  /** Adds those that are not there yet. One that this build cannot use is left out and logged: figures do not hang on models. */
  async register(): Promise<readonly ShippedVersion[]> {
    const versions: ShippedVersion[] = [];
    for (const name of (await readdir(this.directory).catch(() => [])).sort()) {
      const folder = join(this.directory, name);
      const files = await readdir(folder).catch((): string[] => []);
      for (const kind of modelKinds.filter((each) => files.includes(`${each}.json`))) {
        try {
          const { version, added } = await this.service.keep({ name, ...(await readModelDirectory(folder, kind)) }, shippedBy);
          versions.push({ kind, name, version });
          if (added) this.log.info({ version }, 'shipped model added');
        } catch (error) {
          this.log.error({ err: error, folder: name, kind }, 'a shipped model is not used');
        }
      }
    }
    return versions;
  }

  /**
   * Adds them as `register` does, then makes those of a simulated profile active in a shop in which nobody decided otherwise about their kind: an upgrade brings
   * its newer ones along, a decision of people stays.
   */
  async activate(shop: string, profile: string): Promise<void> {
    const versions = (await this.register()).filter(({ name }) => name === profile);
    if (versions.length === 0) return;
    const { database } = await findShop(this.shops, shop);
    for (const { kind, version } of versions) {
      const log = await this.models.log({ shop, database }, kind);
      if (log.some(({ by }) => by !== shippedBy)) continue;
      await this.models
        .move({ shop, database }, 'promote', version, shippedBy)
        .catch((error: unknown) => this.log.error({ err: error, shop, version }, 'the shipped model could not be made active'));
    }
  }
}
