import { ImportError, InstanceClient } from '#importing';
import type { Logger } from '#observability';
import { demoShop } from '#simulation';

/**
 * Has the API use its shipped models of a profile for the simulated shop, each kind of which nobody has said anything yet. That it does not
 * come to that is logged: the shop's figures do not hang on it.
 */
export async function giveModel(url: string, secret: string | undefined, profile: string, log: Logger): Promise<void> {
  const client = new InstanceClient(url, secret);
  try {
    const [{ models }, { kinds }] = [await client.models(), await client.modelsOf(demoShop)];
    for (const { kind, log: moves } of kinds) {
      const shipped = models.find(({ version, addedBy }) => addedBy === 'shipped' && version.startsWith(`${kind}-${profile}-`));
      if (!shipped || moves.length > 0) continue;
      await client.moveModel(demoShop, 'promote', shipped.version);
      log.info({ shop: demoShop, version: shipped.version }, 'shipped model active');
    }
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    log.warn({ err: error }, `the shop ${demoShop} has no model`);
  }
}
