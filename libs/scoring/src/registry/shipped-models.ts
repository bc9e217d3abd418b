import { shipped } from '#config';
import type { Logger } from '#observability';
import { findShop, type ModelRepository, type ShopDirectory } from '#warehouse';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readModelDirectory } from './model-directory.js';
import type { ModelsService } from './models.service.js';

/** Who adds and promotes what comes with the program. */
export const shippedBy = 'shipped';

/** Models that come with the program: a directory each, `churn-<name>`, as `npm run train -- --out` wrote it. */
export class ShippedModels {
  constructor(
    private readonly service: ModelsService,
    private readonly models: ModelRepository,
    private readonly shops: ShopDirectory,
    private readonly log: Logger,
    private readonly directory = shipped('config/models'),
  ) {}

  /**
   * Adds those that are not there yet. One that this build cannot use is left out and logged: figures do not hang on models.
   * @returns versions by name, such as `seed`
   */
  async register(): Promise<ReadonlyMap<string, string>> {
    const versions = new Map<string, string>();
    for (const folder of (await readdir(this.directory).catch(() => [])).sort()) {
      const name = /^churn-(.+)$/.exec(folder)?.[1];
      if (name === undefined) continue;
      try {
        const { version, added } = await this.service.keep(
          { name, ...(await readModelDirectory(join(this.directory, folder))) },
          shippedBy,
        );
        versions.set(name, version);
        if (added) this.log.info({ version }, 'shipped model added');
      } catch (error) {
        this.log.error({ err: error, folder }, 'a shipped model is not used');
      }
    }
    return versions;
  }

  /**
   * Makes the shipped model of a simulated profile active in a shop in which nobody decided otherwise: an upgrade brings its newer one along,
   * a decision of people stays.
   */
  async activate(shop: string, profile: string): Promise<void> {
    const version = (await this.register()).get(profile);
    if (version === undefined) return;
    const { database } = await findShop(this.shops, shop);
    const log = await this.models.log({ shop, database }, 'churn');
    if (log.some(({ by }) => by !== shippedBy)) return;
    await this.models
      .move({ shop, database }, 'promote', version, shippedBy)
      .catch((error: unknown) => this.log.error({ err: error, shop, version }, 'the shipped model could not be made active'));
  }
}
